import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import { jsonIn, parsed, type Shape } from '../../platform/http/json-shape.js';
import { GUID } from './flinks.bodies.js';
import { POLL_MS, SESSION_MS } from './flinks-data.js';

/** A reading of stored data that Flinks has not answered yet. Travels as the cursor of `not_ready`. */
export interface FlinksReading {
  /** A cursor serves only the card that it was made for. */
  readonly loginId: string;
  readonly requestId: string;
  /** Epoch milliseconds of the cached `/Authorize`. */
  readonly beganAt: number;
  /** `poll`: the data call was answered with 202. */
  readonly step: 'start' | 'poll';
  /** Flinks said NO_TRANSACTION: only the accounts are asked for. */
  readonly bare: boolean;
}

export function cursorText(reading: FlinksReading): Opened {
  return new Opened(JSON.stringify(reading));
}

/** @returns `undefined` for a cursor of another card, and for one that this adapter did not write. */
export function readingOf(cursor: SecretValue, loginId: string): FlinksReading | undefined {
  const reading = parsed(jsonIn(cursor.reveal('to go on with the reading at Flinks')), readReading);
  return reading?.loginId === loginId && GUID.test(reading.requestId) ? reading : undefined;
}

/** Whether another poll would come after Flinks has given up. */
export function isOver({ beganAt }: Pick<FlinksReading, 'beganAt'>, now: Date): boolean {
  return now.getTime() - beganAt > SESSION_MS;
}

/** The earliest time of the next poll. */
export function nextPoll(now: Date): Date {
  return new Date(now.getTime() + POLL_MS);
}

function readReading(body: Shape): FlinksReading {
  return {
    loginId: body.text('loginId'),
    requestId: body.text('requestId'),
    beganAt: body.number('beganAt'),
    step: body.optionalText('step') === 'poll' ? 'poll' : 'start',
    bare: body.optionalFlag('bare', false),
  };
}
