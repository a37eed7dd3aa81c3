import type { KeyvStoreAdapter, StoredData } from 'keyv';

/** A map of bounded size for Keyv that forgets what was not used for longest. Values are kept as they are. */
export class MemoryStore implements KeyvStoreAdapter {
  readonly opts = {};
  namespace?: string;
  private readonly items = new Map<string, unknown>();

  constructor(private readonly maxItems: number) {}

  get size(): number {
    return this.items.size;
  }

  async get<Value>(key: string): Promise<StoredData<Value> | undefined> {
    return this.touch(key) as StoredData<Value> | undefined;
  }

  async getMany<Value>(keys: string[]): Promise<StoredData<Value | undefined>[]> {
    return keys.map((key) => this.touch(key) as StoredData<Value | undefined>);
  }

  set(key: string, value: unknown): true {
    this.items.delete(key);
    this.items.set(key, value);
    if (this.items.size > this.maxItems) {
      const oldest = this.items.keys().next();
      if (!oldest.done) this.items.delete(oldest.value);
    }
    return true;
  }

  async delete(key: string): Promise<boolean> {
    return this.items.delete(key);
  }

  async clear(): Promise<void> {
    this.items.clear();
  }

  on(): this {
    return this;
  }

  private touch(key: string): unknown {
    const value = this.items.get(key);
    if (value === undefined) return undefined;
    this.items.delete(key);
    this.items.set(key, value);
    return value;
  }
}
