import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';

import { UuidIds } from '../platform/ids/ids.js';
import { MovableClock } from '../platform/time/clock.js';
import { CacheStore, EPOCH_TAG, StoreUnavailable, type StoreItem } from './cache-store.js';
import { GuardedStore } from './guarded.store.js';

type Mode = 'works' | 'fails' | 'hangs';

class FakeStore extends CacheStore {
  mode: Mode = 'works';
  calls = 0;
  readonly items = new Map<string, unknown>();

  override async getMany(keys: readonly string[]): Promise<readonly unknown[]> {
    await this.obey();
    return keys.map((key) => this.items.get(key));
  }

  override async setMany(items: readonly StoreItem[]): Promise<void> {
    await this.obey();
    for (const { key, value } of items) this.items.set(key, value);
  }

  override distrust(): void {
    throw new Error('The guard keeps doubts to itself.');
  }

  private async obey(): Promise<void> {
    this.calls += 1;
    if (this.mode === 'fails') throw new Error('reset');
    if (this.mode === 'hangs') await new Promise(() => undefined);
  }
}

function setUp() {
  const inner = new FakeStore();
  const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00Z'));
  const link = { connected: true };
  const store = new GuardedStore(inner, () => link.connected, clock, new UuidIds());
  const epoch = () => inner.items.get(EPOCH_TAG);
  return { inner, clock, link, store, epoch };
}

describe('GuardedStore', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });

  it('replaces the epoch before the first use, once for all who wait', async () => {
    const { inner, store, epoch } = setUp();
    inner.items.set(EPOCH_TAG, 'of an earlier process');
    const [[seen], [alsoSeen]] = await Promise.all([store.getMany([EPOCH_TAG]), store.getMany([EPOCH_TAG])]);
    expect(seen).not.toBe('of an earlier process');
    expect(alsoSeen).toBe(seen);
    expect(epoch()).toBe(seen);
    expect(inner.calls).toBe(3);
  });

  it('keeps the epoch while nothing is in doubt', async () => {
    const { store, epoch } = setUp();
    await store.getMany(['a']);
    const before = epoch();
    await store.setMany([{ key: 'a', value: 1, ttl: 1 }]);
    expect(epoch()).toBe(before);
  });

  it('replaces the epoch again after a doubt, before anything is read', async () => {
    const { store, epoch } = setUp();
    await store.getMany(['a']);
    const before = epoch();
    store.distrust();
    const [seen] = await store.getMany([EPOCH_TAG]);
    expect(seen).not.toBe(before);
  });

  it('reads nothing while the epoch cannot be replaced', async () => {
    const { inner, clock, store } = setUp();
    await store.setMany([{ key: 'a', value: 'old', ttl: 1 }]);
    store.distrust();
    inner.mode = 'fails';
    await expect(store.getMany(['a'])).rejects.toThrow('reset');
    clock.advance(1_000);
    await expect(store.getMany(['a'])).rejects.toThrow('reset');
    inner.mode = 'works';
    clock.advance(1_000);
    await expect(store.getMany(['a'])).resolves.toEqual(['old']);
  });

  it('keeps a doubt that comes up while the epoch is replaced', async () => {
    const { inner, store, epoch } = setUp();
    const first = store.getMany(['a']);
    store.distrust();
    await first;
    const before = epoch();
    const calls = inner.calls;
    await store.getMany(['a']);
    expect(epoch()).not.toBe(before);
    expect(inner.calls).toBe(calls + 2);
  });

  it('asks a failing store once a second, not for every request', async () => {
    const { inner, clock, store } = setUp();
    await store.getMany(['a']);
    inner.mode = 'fails';
    await expect(store.getMany(['a'])).rejects.toThrow('reset');
    const calls = inner.calls;
    await expect(store.getMany(['a'])).rejects.toThrow(StoreUnavailable);
    expect(inner.calls).toBe(calls);
    clock.advance(1_000);
    const tries = await Promise.allSettled([store.getMany(['a']), store.getMany(['a']), store.getMany(['a'])]);
    expect(tries.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(inner.calls).toBe(calls + 1);
  });

  it('uses a store that works again', async () => {
    const { inner, clock, store } = setUp();
    inner.mode = 'fails';
    await expect(store.getMany(['a'])).rejects.toThrow('reset');
    inner.mode = 'works';
    clock.advance(1_000);
    await store.getMany(['a']);
    await expect(store.getMany(['a'])).resolves.toEqual([undefined]);
  });

  it('does not touch a store that is not connected, and needs no pause when it is back', async () => {
    const { inner, link, store } = setUp();
    link.connected = false;
    await expect(store.getMany(['a'])).rejects.toThrow(StoreUnavailable);
    expect(inner.calls).toBe(0);
    link.connected = true;
    await expect(store.getMany(['a'])).resolves.toEqual([undefined]);
  });

  it('waits a quarter of a second for an answer', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const { inner, store } = setUp();
    inner.mode = 'hangs';
    const reading = store.getMany(['a']);
    jest.advanceTimersByTime(250);
    jest.useRealTimers();
    await expect(reading).rejects.toThrow(StoreUnavailable);
    await expect(store.getMany(['a'])).rejects.toThrow('a moment ago');
  });
});
