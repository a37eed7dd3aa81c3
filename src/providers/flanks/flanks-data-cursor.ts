import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import { jsonIn, parsed, type Shape } from '../../platform/http/json-shape.js';
import { MOVING_GROUPS, type MovingGroup } from './flanks-data.types.js';

/** Transactions that are still to be read, and of which products. */
export interface TransactionStep {
  readonly group: MovingGroup;
  readonly productIds: readonly string[];
}

/** Where a reading stands after its first page. */
export interface DataPlace {
  /** Never empty. */
  readonly steps: readonly TransactionStep[];
  readonly asOf: Date | null;
  /** Flanks is not loading: what is not there now does not come by waiting. */
  readonly stopped: boolean;
}

const START = 'start';

/** For a reading that waits before its first page. */
export const AT_START: SecretValue = new Opened(START);

export function cursorOf({ steps, asOf, stopped }: DataPlace): SecretValue {
  return new Opened(JSON.stringify({ steps, asOf: asOf?.getTime() ?? null, stopped }));
}

/** @returns `undefined` for a cursor that is none of ours. */
export function placeIn(cursor: SecretValue | null): DataPlace | typeof START | undefined {
  const text = cursor?.reveal('to go on reading') ?? START;
  if (text === START) return START;
  const place = parsed(jsonIn(text), readPlace);
  return place && place.steps.length > 0 ? place : undefined;
}

function readPlace(body: Shape): DataPlace {
  const asOf = body.optionalNumeric('asOf');
  return {
    steps: body.list('steps', readStep),
    asOf: asOf === undefined ? null : new Date(asOf),
    stopped: body.flag('stopped'),
  };
}

function readStep(body: Shape): TransactionStep {
  const word = body.text('group');
  const group = MOVING_GROUPS.find((known) => known === word) ?? body.refuse('group');
  return { group, productIds: body.textList('productIds') };
}
