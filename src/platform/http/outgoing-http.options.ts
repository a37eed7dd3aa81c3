/** How Mooring calls other people's servers. One instance for the process; tests bind their own. */
export class OutgoingHttpOptions {
  /** Milliseconds for one call, all its attempts and waits included. */
  readonly deadlineMs: number = 10_000;
  /** Bytes of a response after decompression. */
  readonly maxResponseBytes: number = 10 * 1024 * 1024;
  /** Sockets to one host: one for each place of both kinds of calls. Further calls wait within their deadline, in order. */
  readonly maxSockets: number = 128;
  readonly retry: RetryOptions = { extraAttempts: 2, initialDelayMs: 100, maxDelayMs: 2_000, random: Math.random };
  readonly circuit: CircuitOptions = {
    windowCalls: 20,
    minimumCalls: 10,
    failureShare: 0.5,
    initialBreakMs: 5_000,
    maxBreakMs: 60_000,
  };
  readonly concurrency: ConcurrencyOptions = { calls: 64, waiting: 256 };

  constructor(overrides: Partial<OutgoingHttpOptions> = {}) {
    Object.assign(this, overrides);
  }
}

export interface RetryOptions {
  /** Attempts after the first, for calls declared safe. */
  readonly extraAttempts: number;
  /** Milliseconds; doubles with each attempt. The real delay is a random part of it. */
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  /** 0 to below 1. */
  readonly random: () => number;
}

export interface CircuitOptions {
  /** The circuit looks at this many last attempts, and only once there were `minimumCalls`. */
  readonly windowCalls: number;
  readonly minimumCalls: number;
  /** Above 0, below 1: it opens when more than this share failed. */
  readonly failureShare: number;
  /** Milliseconds until one trial call is let through; doubles while trials fail. */
  readonly initialBreakMs: number;
  readonly maxBreakMs: number;
}

/** Calls that somebody waits for have places and a queue of their own of this size: they never wait behind the others. */
export interface ConcurrencyOptions {
  /** Calls to one provider at the same time. */
  readonly calls: number;
  /** Calls that may wait for a place; one more is refused. */
  readonly waiting: number;
}
