export type OutgoingMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Pairs, because a key may occur more than once. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** Any method may have a body, `DELETE` too. */
export type OutgoingBody = { readonly json: unknown } | { readonly form: Pairs };

/** One call to a provider. Nothing of it but `operation` and `method` is ever logged or used as a label. */
export interface OutgoingRequest {
  /** A route template, e.g. `/api/v1/credentials/{id}`: the label in logs and metrics, so never a real id. */
  readonly operation: string;
  readonly method: OutgoingMethod;
  /** Absolute, without query and fragment. */
  readonly url: string;
  readonly query?: Pairs;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: OutgoingBody;
  /** `safe`: a repeat does no harm, so a fault or 5xx is tried again. `never`: one attempt only. */
  readonly retry: 'safe' | 'never';
  /** Aborting it ends the call. A reason named `TimeoutError` is reported as a timeout. */
  readonly signal: AbortSignal;
  /** Milliseconds; default from the options. */
  readonly deadlineMs?: number;
  /** Default from the options. */
  readonly maxResponseBytes?: number;
}

/**
 * Encodes one part of a path.
 * @throws RangeError for an empty part, `.` and `..`, which would change the path around them.
 */
export function pathSegment(text: string): string {
  if (text === '' || text === '.' || text === '..') throw new RangeError('Not usable as a part of a path.');
  return encodeURIComponent(text);
}
