import { Opened } from '../platform/crypto/opened.js';
import type { SealAddress, Sealed } from '../platform/crypto/sealed.js';
import type { Sealer } from '../platform/crypto/sealer.js';
import { CacheStore, type StoreItem } from './cache-store.js';

/**
 * Seals entries before a store outside this process: what is sealed in the database must not lie beside it in the
 * clear. Tokens of tags are random and stay as they are. What is not sealed, or not with a key of ours, is not there.
 */
export class SealedStore extends CacheStore {
  constructor(
    private readonly inner: CacheStore,
    private readonly sealer: Sealer,
  ) {
    super();
  }

  override async getMany(keys: readonly string[]): Promise<readonly unknown[]> {
    const found = await this.inner.getMany(keys);
    return found.map((value, index) => (isBox(value) ? this.opened(value, keys[index] ?? '') : tokenIn(value)));
  }

  override async setMany(items: readonly StoreItem[]): Promise<void> {
    await this.inner.setMany(
      items.map((item) => (typeof item.value === 'string' ? item : { ...item, value: this.sealed(item) })),
    );
  }

  override distrust(): void {
    this.inner.distrust();
  }

  private sealed({ key, value }: StoreItem): Box {
    return { sealed: this.sealer.seal(new Opened(JSON.stringify(value)), addressOf(key)) };
  }

  private opened({ sealed }: Box, key: string): unknown {
    try {
      return JSON.parse(this.sealer.open(sealed, addressOf(key), 'to answer from the cache').reveal('same')) as unknown;
    } catch {
      return undefined;
    }
  }
}

/** Told apart from a token by its shape. */
interface Box {
  readonly sealed: Sealed;
}

function isBox(value: unknown): value is Box {
  return typeof value === 'object' && value !== null && 'sealed' in value && typeof value.sealed === 'string';
}

function tokenIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function addressOf(key: string): SealAddress {
  return { table: 'cache', row: key, field: 'value' };
}
