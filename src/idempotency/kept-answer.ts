import type { Opened } from '../platform/crypto/opened.js';

/** An answer as it went over the wire. It may hold keys and tokens. */
export interface KeptAnswer {
  readonly status: number;
  /** Only those that belong to the answer itself, e.g. `location`. */
  readonly headers: Readonly<Record<string, string>>;
  /** `null` = none. */
  readonly body: Opened | null;
}

/** A request that came with a key. */
export interface KeyedRequest {
  /** The same for all requests of one caller, and never of two. */
  readonly caller: string;
  readonly key: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: unknown;
}

/** The right to do a request and to keep its answer. It ends with its lease. */
export interface Claim {
  readonly keyHash: string;
  readonly owner: string;
}

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'running' }
  | { readonly kind: 'other_request' }
  | { readonly kind: 'done'; readonly answer: KeptAnswer };
