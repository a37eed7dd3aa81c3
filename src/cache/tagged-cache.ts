/** What a load gives back. */
export interface Loaded<T> {
  readonly value: T;
  /** False = answer with it, keep nothing. */
  readonly cacheable: boolean;
}

/** A cache whose entries carry tags; one call makes all entries of a tag worthless. */
export abstract class TaggedCache {
  /**
   * The stored value, or what `load` gives. Never fails because of the cache itself; a failing `load` rejects for
   * everybody who waits for it, and nothing is stored.
   * @param key all that the value depends on; see `keys.ts`.
   * @param tags always the same, in the same order, for one key.
   * @param load must read the truth only when it is called, never before.
   */
  abstract read<T>(key: string, tags: readonly string[], load: () => Promise<Loaded<T>>): Promise<T>;

  /** Makes every entry of these tags worthless, also one that a slow reader is about to store. Never rejects. */
  abstract invalidate(tags: readonly string[]): Promise<void>;

  /** Changes with every `invalidate` of one of the tags. `null` = unknown now, as the store cannot be reached. */
  abstract generation(tags: readonly string[]): Promise<string | null>;

  /** The stored value if it is at hand, for who must not wait. `undefined` says nothing: `read` may still find it. */
  peek(_key: string, _tags: readonly string[]): unknown {
    return undefined;
  }

  /** The generation if it is at hand. */
  peekGeneration(_tags: readonly string[]): string | undefined {
    return undefined;
  }
}
