import { MemoryBackend } from './cache-backend.js';
import { MemoryStore } from './memory.store.js';

describe('MemoryStore', () => {
  it('forgets what was not used for longest', async () => {
    const store = new MemoryStore(2);
    store.set('a', 1);
    store.set('b', 2);
    await store.get('a');
    store.set('c', 3);
    expect(await store.getMany(['a', 'b', 'c'])).toEqual([1, undefined, 3]);
    expect(store.size).toBe(2);
  });

  it('does not grow when a key is set again', async () => {
    const store = new MemoryStore(2);
    store.set('a', 1);
    store.set('b', 2);
    store.set('a', 3);
    expect(await store.getMany(['a', 'b'])).toEqual([3, 2]);
  });

  it('deletes and clears', async () => {
    const store = new MemoryStore(5);
    store.set('a', 1);
    store.set('b', 2);
    expect(await store.delete('a')).toBe(true);
    expect(await store.get('a')).toBeUndefined();
    await store.clear();
    expect(store.size).toBe(0);
  });

  it('gives back the very object, so that a hit parses nothing', async () => {
    const { keyv } = new MemoryBackend();
    const value = { body: 'text' };
    await keyv.set('key', value);
    expect(await keyv.get('key')).toBe(value);
  });
});
