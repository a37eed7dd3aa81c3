import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** Keyed hash (HMAC-SHA-256) by which a secret can be found again without being stored in clear. */
export class LookupHash {
  /** Made once: making it takes several times as long as hashing, and a load of data hashes thousands of ids. */
  private readonly key: KeyObject;

  /** @param key 32 random bytes that never change in the life of an installation. */
  constructor(key: Buffer) {
    if (key.length !== 32) throw new RangeError('The key of look-up hashes must be 32 bytes.');
    this.key = createSecretKey(key);
  }

  /** @param purpose keeps hashes of different kinds apart. @returns 43 characters, base64url. */
  of(purpose: string, ...parts: readonly string[]): string {
    const hmac = createHmac('sha256', this.key).update(purpose);
    for (const part of parts) hmac.update(`\u0000${part.length}:${part}`);
    return hmac.digest('base64url');
  }
}
