export interface StoreItem {
  readonly key: string;
  readonly value: unknown;
  /** Milliseconds. */
  readonly ttl: number;
}

/** The store cannot be used now. Never reaches a caller: a cache without its store is only slow. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** Where entries and tag tokens are kept: this process's memory, or Redis for all processes. */
export abstract class CacheStore {
  /** In the order of `keys`; undefined where there is none. @throws StoreUnavailable or the store's own error. */
  abstract getMany(keys: readonly string[]): Promise<readonly unknown[]>;

  /** All or none. @throws StoreUnavailable or the store's own error. */
  abstract setMany(items: readonly StoreItem[]): Promise<void>;

  /** The value if it is in this process. `undefined` says nothing. */
  peek(_key: string): unknown {
    return undefined;
  }

  /** Tells that an invalidation was lost: nothing written before may be used again. */
  abstract distrust(): void;
}

/** Part of every entry's tags. A new token makes everything worthless for every process. */
export const EPOCH_TAG = 'tag:epoch';

/** Milliseconds. A tag that is forgotten costs a miss, never a stale answer. */
export const TAG_TTL_MS = 3_600_000;
