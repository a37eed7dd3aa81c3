import { Logger } from '@nestjs/common';

import type { Ids } from '../platform/ids/ids.js';
import type { Clock } from '../platform/time/clock.js';
import { CacheStore, EPOCH_TAG, StoreUnavailable, TAG_TTL_MS, type StoreItem } from './cache-store.js';
import { within } from './within.js';

/** Milliseconds that a request waits for the store. */
const DEADLINE_MS = 250;
/** Milliseconds without a try after a failure, so that not every request waits. */
const PAUSE_MS = 1_000;

/**
 * Puts a deadline and a short circuit before a store that can fail, and keeps lost invalidations from showing.
 *
 * This process trusts the store only after it has replaced the epoch since its last doubt. It doubts at start, after
 * every lost connection (the store may come back with old data) and after every invalidation that could not be
 * written. The new epoch makes all older entries worthless for all processes.
 *
 * What remains: while this process alone cannot reach the store, others may show an entry it failed to invalidate
 * until it reaches the store again, at most for the lifetime of an entry.
 */
export class GuardedStore extends CacheStore {
  private readonly logger = new Logger('Cache');
  private doubts = 1;
  private cleared = 0;
  private recovery: Promise<void> | null = null;
  private pausedUntil = 0;

  constructor(
    private readonly inner: CacheStore,
    private readonly isConnected: () => boolean,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {
    super();
  }

  override async getMany(keys: readonly string[]): Promise<readonly unknown[]> {
    if (this.doubts !== this.cleared) await this.recover();
    return this.attempt(() => this.inner.getMany(keys));
  }

  override async setMany(items: readonly StoreItem[]): Promise<void> {
    if (this.doubts !== this.cleared) await this.recover();
    return this.attempt(() => this.inner.setMany(items));
  }

  override distrust(): void {
    this.doubts += 1;
  }

  private recover(): Promise<void> {
    this.recovery ??= this.replaceEpoch().finally(() => {
      this.recovery = null;
    });
    return this.recovery;
  }

  private async replaceEpoch(): Promise<void> {
    const settled = this.doubts;
    await this.attempt(() => this.inner.setMany([{ key: EPOCH_TAG, value: this.ids.next(), ttl: TAG_TTL_MS }]));
    // A doubt that came up meanwhile stays.
    this.cleared = settled;
  }

  private async attempt<T>(operation: () => Promise<T>): Promise<T> {
    const now = this.clock.now().getTime();
    if (!this.isConnected()) throw new StoreUnavailable('The cache store is not connected.');
    if (now < this.pausedUntil) throw new StoreUnavailable('The cache store failed a moment ago.');
    // After a pause one request tries; the others go on without the store until it has succeeded.
    if (this.pausedUntil > 0) this.pausedUntil = now + PAUSE_MS;
    try {
      const result = await within(DEADLINE_MS, operation());
      this.pausedUntil = 0;
      return result;
    } catch (error) {
      if (this.pausedUntil === 0) this.logger.warn({ msg: 'cache store failed', err: error });
      this.pausedUntil = this.clock.now().getTime() + PAUSE_MS;
      throw error;
    }
  }
}
