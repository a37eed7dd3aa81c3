import { type FlinksCode, messageOf } from './flinks-codes.js';

interface Details {
  /** Instead of the code's own text. */
  readonly message?: string;
  /** Beside HttpStatusCode, Message and FlinksCode. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Answered as `{HttpStatusCode, Message, FlinksCode}`; also for 202, which is no error but looks like one. */
export class FlinksError extends Error {
  readonly body: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: FlinksCode,
    { message, body = {} }: Details = {},
  ) {
    super(message ?? messageOf(code));
    this.body = body;
  }
}
