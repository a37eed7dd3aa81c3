import { exactJsonIn } from './json-shape.js';

/** Every call ends in one of these; nothing is thrown for what a network does. */
export type OutgoingOutcome = OutgoingAnswer | OutgoingFault;

/** The server answered, with whatever status; redirects are not followed. */
export interface OutgoingAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

/**
 * - `timeout` the deadline passed · `aborted` the caller gave up
 * - `unreachable` no connection: name, refusal, TLS · `connection_lost` cut off before a whole answer was there
 * - `too_large` the answer is over the limit
 * - `circuit_open` the provider failed too often and is left alone for a while · `saturated` too many calls wait for it
 * - `paused` it asked for quiet, or our own limit is used up, until `retryAt` · `switched_off` by an operator
 */
export type OutgoingFaultKind =
  | 'timeout'
  | 'aborted'
  | 'unreachable'
  | 'connection_lost'
  | 'too_large'
  | 'circuit_open'
  | 'saturated'
  | 'paused'
  | 'switched_off';

export interface OutgoingFault {
  readonly kind: 'fault';
  readonly fault: OutgoingFaultKind;
  /** False = the server certainly never saw the request. */
  readonly mayHaveReached: boolean;
  /** With `paused`: when a call makes sense again. */
  readonly retryAt?: Date;
}

export function outgoingFault(fault: OutgoingFaultKind, mayHaveReached: boolean): OutgoingFault {
  return { kind: 'fault', fault, mayHaveReached };
}

/** The body as UTF-8 text; broken sequences become replacement characters. */
export function bodyText(answer: OutgoingAnswer): string {
  return new TextDecoder('utf-8').decode(answer.body);
}

/** @returns `undefined` when the body is not JSON. Characters that PostgreSQL cannot keep are replaced. */
export function bodyJson(answer: OutgoingAnswer): unknown {
  try {
    return JSON.parse(storable(bodyText(answer))) as unknown;
  } catch {
    return undefined;
  }
}

/** As `bodyJson`, and every number keeps its digits: see `exactJsonIn`. */
export function bodyExactJson(answer: OutgoingAnswer): unknown {
  return exactJsonIn(storable(bodyText(answer)));
}

/** An escaped backslash, a pair of surrogates, U+0000, or half of a pair. */
const ESCAPES = /\\(?:\\|u(?:d[89ab][\da-f]{2}\\ud[c-f][\da-f]{2}|0000|d[89a-f][\da-f]{2}))/gi;
const HALF_OR_NUL = 6;

/** In JSON text these characters can only stand as escapes: UTF-8 has no halves, and JSON no bare control characters. */
function storable(json: string): string {
  if (!/\\u(?:0000|d[89a-f])/i.test(json)) return json;
  return json.replace(ESCAPES, (found) => (found.length === HALF_OR_NUL ? '\\ufffd' : found));
}
