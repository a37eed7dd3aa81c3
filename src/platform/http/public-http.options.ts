import { lookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';

/** All addresses of a host name. */
export type Resolve = (host: string, done: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void;

/** How Mooring calls servers whose addresses its clients chose. */
export class PublicHttpOptions {
  /** Milliseconds from the look-up of the name to the end of the answer. */
  readonly deadlineMs: number = 15_000;
  /** Bytes of an answer that are read; then the connection is cut. */
  readonly maxResponseBytes: number = 16 * 1024;
  /** Private addresses and plain http too. */
  readonly allowPrivate: boolean = false;
  readonly resolve: Resolve = (host, done) => {
    lookup(host, { all: true }, done);
  };

  constructor(overrides: Partial<PublicHttpOptions> = {}) {
    Object.assign(this, overrides);
  }
}
