import type { Keyv } from 'keyv';

import type { CacheBackend } from './cache-backend.js';
import { CacheStore, StoreUnavailable, type StoreItem } from './cache-store.js';

/**
 * Uses the Keyv of Nest's cache directly: `cache.mget` turns an error of the store into a miss, and the difference
 * matters here.
 */
export class KeyvStore extends CacheStore {
  constructor(
    private readonly keyv: Keyv,
    private readonly backend: CacheBackend,
  ) {
    super();
  }

  override peek(key: string): unknown {
    return this.backend.peek(key);
  }

  override getMany(keys: readonly string[]): Promise<readonly unknown[]> {
    return this.keyv.getMany<unknown>([...keys]);
  }

  override async setMany(items: readonly StoreItem[]): Promise<void> {
    const results = await this.keyv.setMany([...items]);
    if (Array.isArray(results) && results.includes(false)) throw new StoreUnavailable('A value was not stored.');
  }

  override distrust(): void {
    // Memory loses no invalidation; what can be away is guarded.
  }
}
