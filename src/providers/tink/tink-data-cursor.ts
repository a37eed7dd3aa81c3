import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import { jsonIn, parsed, type Shape } from '../../platform/http/json-shape.js';

/** `all`: one pass without a filter. With `since` the pending ones come first, in a pass without a date. */
export const PASSES = ['all', 'pending', 'booked'] as const;
export type Pass = (typeof PASSES)[number];

/** Where a reading stands. The accounts are those of the credential when the reading began. */
export interface Place {
  readonly accounts: readonly string[];
  /** Vendor's time of the data. */
  readonly asOf: Date | null;
  readonly pass: Pass;
  /** Which batch of accounts. */
  readonly batch: number;
  /** Tink's page token; empty = the first page of the batch. */
  readonly token: string;
}

const VERSION = 1;

export function cursorOf({ accounts, asOf, pass, batch, token }: Place): SecretValue {
  return new Opened(JSON.stringify({ v: VERSION, accounts, asOf: asOf?.getTime() ?? null, pass, batch, token }));
}

/** @returns `undefined` for a text that is no cursor of ours. */
export function placeOf(cursor: SecretValue): Place | undefined {
  return parsed(jsonIn(cursor.reveal('to go on reading')), readPlace);
}

function readPlace(body: Shape): Place {
  if (body.number('v') !== VERSION) return body.refuse('v');
  const accounts = body.textList('accounts');
  const pass = PASSES.find((word) => word === body.text('pass')) ?? body.refuse('pass');
  const batch = body.number('batch');
  if (accounts.length === 0 || !Number.isInteger(batch) || batch < 0) return body.refuse('batch');
  const asOf = body.optionalNumeric('asOf');
  const time = asOf === undefined ? null : new Date(asOf);
  return { accounts, pass, batch, asOf: time, token: body.optionalText('token') ?? '' };
}
