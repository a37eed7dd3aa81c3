import { createSecretKey, type KeyObject } from 'node:crypto';

/** The encryption keys of this installation: the first seals, all of them open. */
export class KeyRing {
  private readonly byId: ReadonlyMap<string, KeyObject>;
  readonly current: { readonly id: string; readonly key: KeyObject };

  /** @throws RangeError when there is no key, an id occurs twice or does not fit into a sealed value, or a key is not 32 bytes. */
  constructor(keys: readonly { readonly id: string; readonly key: Buffer }[]) {
    const [first] = keys;
    if (!first) throw new RangeError('At least one encryption key is needed.');
    for (const { id, key } of keys) {
      if (id === '' || id.includes('.')) throw new RangeError('A key id must not be empty or hold a dot.');
      if (key.length !== 32) throw new RangeError(`Encryption key "${id}" must be 32 bytes.`);
    }
    // Made once: out of bytes the cipher makes one for each field, which takes longer than the field.
    this.byId = new Map(keys.map(({ id, key }) => [id, createSecretKey(key)]));
    if (this.byId.size !== keys.length) throw new RangeError('Two encryption keys have the same id.');
    this.current = { id: first.id, key: createSecretKey(first.key) };
  }

  find(id: string): KeyObject | undefined {
    return this.byId.get(id);
  }

  get ids(): readonly string[] {
    return [...this.byId.keys()];
  }
}
