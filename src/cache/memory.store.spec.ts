import { MemoryBackend } from './cache-backend.js';

describe('MemoryBackend', () => {
  it('gives back the very object, so that a hit parses nothing', async () => {
    const backend = new MemoryBackend();
    const value = { body: 'text' };
    await backend.keyv.set('key', value);
    expect(await backend.keyv.get('key')).toBe(value);
    expect((await backend.keyv.getMany(['none', 'key']))[1]).toBe(value);
    expect(backend.peek('key')).toBe(value);
  });

  it('peeks at nothing where there is nothing', async () => {
    const backend = new MemoryBackend();
    await backend.keyv.set('key', 1);
    await backend.keyv.delete('key');
    expect(backend.peek('key')).toBeUndefined();
    await backend.keyv.set('key', 1);
    await backend.keyv.clear();
    expect(backend.peek('key')).toBeUndefined();
  });

  it('is bounded', async () => {
    const backend = new MemoryBackend(10);
    for (let n = 0; n < 100; n += 1) await backend.keyv.set(`key${String(n)}`, n);
    const kept = await backend.keyv.getMany(Array.from({ length: 100 }, (_, n) => `key${String(n)}`));
    expect(kept.filter((value) => value !== undefined).length).toBeLessThanOrEqual(10);
    expect(kept.at(-1)).toBe(99);
  });
});
