import type { KeyvStoreAdapter, StoredData } from 'keyv';

import { BoundedMap } from './bounded-map.js';

/** Keeps Keyv's rows in this process, as they are. */
export class MemoryStore implements KeyvStoreAdapter {
  readonly opts = {};
  namespace?: string;
  private readonly rows: BoundedMap<unknown>;

  constructor(maxItems: number) {
    this.rows = new BoundedMap(maxItems);
  }

  /** The value of a row, without waiting. Keyv's own expiry is not looked at: entries know theirs. */
  peek(key: string): unknown {
    const row = this.rows.get(key);
    return typeof row === 'object' && row !== null && 'value' in row ? row.value : undefined;
  }

  async get<Value>(key: string): Promise<StoredData<Value> | undefined> {
    return this.rows.get(key) as StoredData<Value> | undefined;
  }

  async getMany<Value>(keys: string[]): Promise<StoredData<Value | undefined>[]> {
    return keys.map((key) => this.rows.get(key) as StoredData<Value | undefined>);
  }

  set(key: string, row: unknown): true {
    this.rows.set(key, row);
    return true;
  }

  async delete(key: string): Promise<boolean> {
    return this.rows.delete(key);
  }

  async clear(): Promise<void> {
    this.rows.clear();
  }

  on(): this {
    return this;
  }
}
