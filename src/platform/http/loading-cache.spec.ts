import { MovableClock } from '../time/clock.js';
import { LoadingCache } from './loading-cache.js';

const start = new Date('2026-11-20T10:00:00Z');
const until = (ms: number) => new Date(start.getTime() + ms);

describe('LoadingCache', () => {
  const counting = (values: readonly string[], keepMs?: number) => {
    let calls = 0;
    return async () => {
      const value = values[calls] ?? 'none';
      calls += 1;
      return keepMs === undefined ? { value } : { value, keepUntil: until(keepMs) };
    };
  };

  it('keeps a value until its time and then loads again', async () => {
    const clock = MovableClock.frozenAt(start);
    const cache = new LoadingCache<string>(10, clock);
    const load = counting(['a', 'b'], 1000);
    expect(await cache.get('k', load)).toBe('a');
    clock.advance(999);
    expect(await cache.get('k', load)).toBe('a');
    clock.advance(1);
    expect(await cache.get('k', load)).toBe('b');
  });

  it('shares one load between callers, and keeps nothing that has no time', async () => {
    const cache = new LoadingCache<string>(10, MovableClock.frozenAt(start));
    const load = counting(['a', 'b']);
    expect(await Promise.all([cache.get('k', load), cache.get('k', load)])).toEqual(['a', 'a']);
    expect(await cache.get('k', load)).toBe('b');
    expect(cache.size).toBe(0);
  });

  it('drops the least recently used beyond its limit', async () => {
    const cache = new LoadingCache<string>(2, MovableClock.frozenAt(start));
    for (const key of ['a', 'b']) await cache.get(key, counting([key], 1000));
    await cache.get('a', counting(['new a'], 1000));
    await cache.get('c', counting(['c'], 1000));
    expect(cache.size).toBe(2);
    expect(await cache.get('a', counting(['new a'], 1000))).toBe('a');
    expect(await cache.get('b', counting(['new b'], 1000))).toBe('new b');
  });

  it('forgets what is kept and what is being loaded', async () => {
    const cache = new LoadingCache<string>(10, MovableClock.frozenAt(start));
    await cache.get('kept', counting(['old'], 1000));
    let finish: (() => void) | undefined;
    const slow = cache.get('slow', async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { value: 'old', keepUntil: until(1000) };
    });
    cache.forget(() => true);
    finish?.();
    expect(await slow).toBe('old');
    expect(await cache.get('kept', counting(['new'], 1000))).toBe('new');
    expect(await cache.get('slow', counting(['new'], 1000))).toBe('new');
  });

  it('lets a failed load fail for all who wait and tries again for the next', async () => {
    const cache = new LoadingCache<string>(10, MovableClock.frozenAt(start));
    const broken = async () => Promise.reject(new Error('broken'));
    const both = await Promise.allSettled([cache.get('k', broken), cache.get('k', broken)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await cache.get('k', counting(['a'], 1000))).toBe('a');
  });
});
