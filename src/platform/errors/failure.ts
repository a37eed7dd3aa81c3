/** One thing wrong with a request. `pointer` is an RFC 6901 pointer into the body, or `?name` for a query parameter. */
export interface Violation {
  readonly pointer: string;
  readonly message: string;
}

export interface FailureDetails {
  /** Shown to the caller: one sentence in our words, no secret, no provider's text. */
  readonly detail?: string;
  readonly violations?: readonly Violation[];
  readonly retryAt?: Date;
  /** Further members of the problem document, e.g. `connectionId`. */
  readonly members?: Readonly<Record<string, string | number | boolean>>;
  /** For the log only. */
  readonly cause?: unknown;
}

/**
 * An expected failure with a stable code, e.g. `connection.not_found`. The table in `problem-catalogue.ts` gives its
 * HTTP status and title; nothing else in the code knows HTTP statuses.
 */
export class Failure extends Error {
  readonly code: string;
  readonly details: FailureDetails;

  constructor(code: string, details: FailureDetails = {}) {
    super(details.detail ?? code, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Failure';
    this.code = code;
    this.details = details;
  }
}
