import type { Caller } from './caller.js';

/** Tells who makes a request. */
export abstract class Authenticator {
  /** @param authorization the header as it came. @returns null for everything that proves nobody. At once where it can. */
  abstract callerOf(authorization: string | undefined): Caller | null | Promise<Caller | null>;
}
