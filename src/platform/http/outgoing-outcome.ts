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
 */
export type OutgoingFaultKind =
  'timeout' | 'aborted' | 'unreachable' | 'connection_lost' | 'too_large' | 'circuit_open' | 'saturated';

export interface OutgoingFault {
  readonly kind: 'fault';
  readonly fault: OutgoingFaultKind;
  /** False = the server certainly never saw the request. */
  readonly mayHaveReached: boolean;
}

export function outgoingFault(fault: OutgoingFaultKind, mayHaveReached: boolean): OutgoingFault {
  return { kind: 'fault', fault, mayHaveReached };
}

/** The body as UTF-8 text; broken sequences become replacement characters. */
export function bodyText(answer: OutgoingAnswer): string {
  return new TextDecoder('utf-8').decode(answer.body);
}

/** @returns `undefined` when the body is not JSON. */
export function bodyJson(answer: OutgoingAnswer): unknown {
  try {
    return JSON.parse(bodyText(answer)) as unknown;
  } catch {
    return undefined;
  }
}
