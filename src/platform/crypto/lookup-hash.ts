import { createHmac, hkdfSync } from 'node:crypto';

import type { KeyRing } from './key-ring.js';

/**
 * Keyed hash (HMAC-SHA-256) by which a secret can be found again without being stored in clear.
 * The key is derived from the *last* key of the ring, so that a new current key put first changes no hash.
 */
export class LookupHash {
  private readonly key: Buffer;

  constructor(ring: KeyRing) {
    const oldest = ring.ids.at(-1) ?? ring.current.id;
    const material = ring.find(oldest) ?? ring.current.key;
    this.key = Buffer.from(hkdfSync('sha256', material, 'mooring', 'lookup-hash', 32));
  }

  /** @param purpose keeps hashes of different kinds apart. @returns 43 characters, base64url. */
  of(purpose: string, ...parts: readonly string[]): string {
    const hmac = createHmac('sha256', this.key).update(purpose);
    for (const part of parts) hmac.update(`\u0000${part.length}:${part}`);
    return hmac.digest('base64url');
  }
}
