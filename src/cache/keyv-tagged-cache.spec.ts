import { Logger } from '@nestjs/common';

import { Registry } from 'prom-client';

import { CacheConfig } from '../config/slices.js';
import { UuidIds } from '../platform/ids/ids.js';
import { MovableClock } from '../platform/time/clock.js';
import { CacheMetrics } from './cache-metrics.js';
import { CacheStore, EPOCH_TAG, type StoreItem } from './cache-store.js';
import { KeyvTaggedCache } from './keyv-tagged-cache.js';

class MapStore extends CacheStore {
  atHand = false;
  away = false;
  doubts = 0;
  readonly items = new Map<string, unknown>();

  override async getMany(keys: readonly string[]): Promise<readonly unknown[]> {
    if (this.away) throw new Error('away');
    return keys.map((key) => this.items.get(key));
  }

  override async setMany(items: readonly StoreItem[]): Promise<void> {
    if (this.away) throw new Error('away');
    for (const { key, value } of items) this.items.set(key, value);
  }

  override peek(key: string): unknown {
    return this.atHand ? this.items.get(key) : undefined;
  }

  override distrust(): void {
    this.doubts += 1;
  }
}

function setUp(ttlMs = 30_000) {
  const store = new MapStore();
  const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00Z'));
  const registry = new Registry();
  const metrics = new CacheMetrics(registry);
  const cache = new KeyvTaggedCache(store, new CacheConfig(null, ttlMs), clock, new UuidIds(), metrics);
  let loads = 0;
  const load = async () => ({ value: (loads += 1), cacheable: true });
  return { store, clock, cache, registry, load, read: () => cache.read('key', ['tag'], load) };
}

describe('KeyvTaggedCache without its store', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });

  it('loads for everybody, since nobody can say whether a load under way saw the last change', async () => {
    const { store, read } = setUp();
    store.away = true;
    expect(await Promise.all([read(), read()])).toEqual([1, 2]);
  });

  it('does not fail an invalidation, but doubts the store', async () => {
    const { store, cache } = setUp();
    store.away = true;
    await expect(cache.invalidate(['tag'])).resolves.toBeUndefined();
    expect(store.doubts).toBe(1);
  });

  it('knows no generation', async () => {
    const { store, cache } = setUp();
    store.away = true;
    expect(await cache.generation(['tag'])).toBeNull();
  });

  it('does not fail a read whose value cannot be stored', async () => {
    const { store, cache } = setUp();
    const value = cache.read('key', ['tag'], async () => {
      store.away = true;
      return { value: 1, cacheable: true };
    });
    await expect(value).resolves.toBe(1);
  });
});

describe.each([
  ['at hand', true],
  ['away from here', false],
])('KeyvTaggedCache with its store %s', (_where, atHand) => {
  function start(ttlMs?: number) {
    const made = setUp(ttlMs);
    made.store.atHand = atHand;
    return made;
  }

  it('takes a tag that the store forgot for changed', async () => {
    const { store, read } = start();
    await read();
    store.items.delete('tag');
    expect(await read()).toBe(2);
    expect(await read()).toBe(2);
  });

  it('takes everything for changed when the epoch is replaced', async () => {
    const { store, read } = start();
    await read();
    store.items.set(EPOCH_TAG, 'new');
    expect(await read()).toBe(2);
  });

  it('keeps nothing when the lifetime is 0', async () => {
    const { store, read } = start(0);
    await read();
    expect(await read()).toBe(2);
    expect(store.items.has('key')).toBe(false);
  });

  it('counts hits, misses, and what happens without the store', async () => {
    const { store, cache, registry, read } = start();
    await read();
    await read();
    await cache.invalidate(['tag']);
    store.away = true;
    await read();
    await cache.invalidate(['tag']);
    const text = await registry.metrics();
    for (const result of ['hit', 'miss', 'away']) {
      expect(text).toContain(`mooring_cache_reads_total{result="${result}"} 1`);
    }
    for (const result of ['done', 'failed']) {
      expect(text).toContain(`mooring_cache_invalidations_total{result="${result}"} 1`);
    }
  });

  it('reads anew what lies in the store and is no entry of ours', async () => {
    const { store, read } = start();
    await read();
    store.items.set('key', 'rubbish');
    expect(await read()).toBe(2);
  });
});
