import { KeyRing } from '../platform/crypto/key-ring.js';
import { Sealer } from '../platform/crypto/sealer.js';
import { CacheStore, type StoreItem } from './cache-store.js';
import { SealedStore } from './sealed.store.js';

class JsonStore extends CacheStore {
  readonly texts = new Map<string, string>();
  doubts = 0;

  override async getMany(keys: readonly string[]): Promise<readonly unknown[]> {
    return keys.map((key) => JSON.parse(this.texts.get(key) ?? 'null') as unknown);
  }

  override async setMany(items: readonly StoreItem[]): Promise<void> {
    for (const { key, value } of items) this.texts.set(key, JSON.stringify(value));
  }

  override distrust(): void {
    this.doubts += 1;
  }
}

const sealer = (...ids: string[]) =>
  new Sealer(new KeyRing(ids.map((id) => ({ id, key: Buffer.alloc(32, id.charCodeAt(1)) }))));
const ENTRY = { tokens: ['a', 'b'], until: 5, value: { body: '{"iban":"ES9121000418450200051332"}', etag: '"x"' } };

describe('SealedStore', () => {
  const inner = new JsonStore();
  const store = new SealedStore(inner, sealer('k1'));

  beforeEach(async () => {
    inner.texts.clear();
    await store.setMany([
      { key: 'entry:a', value: ENTRY, ttl: 5 },
      { key: 'tag:a', value: 'token', ttl: 5 },
    ]);
  });

  it('gives back what it was given, and nothing where nothing is', async () => {
    expect(await store.getMany(['entry:a', 'tag:a', 'tag:b'])).toEqual([ENTRY, 'token', undefined]);
  });

  it('hands on entries sealed, and tokens as they are', () => {
    expect(inner.texts.get('entry:a')).toMatch(/^\{"sealed":"v1\.k1\.[\w-]+\.[\w-]+"\}$/);
    expect(inner.texts.get('tag:a')).toBe('"token"');
  });

  it.each([
    ['an entry of another key', '{"sealed":"v1.k1.AAAA.BBBB"}'],
    ['an entry in the clear', JSON.stringify(ENTRY)],
    ['a number', '7'],
    ['a list', '[]'],
  ])('finds nothing in %s', async (_what, text) => {
    inner.texts.set('entry:a', text);
    expect(await store.getMany(['entry:a'])).toEqual([undefined]);
  });

  it('finds nothing in an entry that was moved', async () => {
    inner.texts.set('entry:b', inner.texts.get('entry:a') ?? '');
    expect(await store.getMany(['entry:b'])).toEqual([undefined]);
  });

  it('opens entries of a process that has another key first, and does not know those of a key it has not', async () => {
    await new SealedStore(inner, sealer('k2', 'k1')).setMany([{ key: 'entry:a', value: ENTRY, ttl: 5 }]);
    expect(await store.getMany(['entry:a'])).toEqual([undefined]);
    expect(await new SealedStore(inner, sealer('k1', 'k2')).getMany(['entry:a'])).toEqual([ENTRY]);
  });

  it('tells the store of a lost invalidation', () => {
    store.distrust();
    expect(inner.doubts).toBe(1);
  });
});
