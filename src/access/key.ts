import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

import { Opened } from '../platform/crypto/opened.js';

const KEY = /^mk_([A-Za-z0-9-]{12,40})_([A-Za-z0-9_-]{32,128})$/;
/** What a person may choose as the bootstrap key: 32 to 256 characters without spaces. */
const CHOSEN = /^[\x21-\x7e]{32,256}$/;
const KEY_ID_BYTES = 8;
const SECRET_BYTES = 32;

/** A key taken apart: by its id it is found, by its secret it is proven. */
export interface PresentedKey {
  readonly keyId: string;
  readonly secret: string;
}

/** `mk_<keyId>_<secret>` with a 256-bit secret. */
export function generateKey(): Opened {
  return new Opened(
    `mk_${randomBytes(KEY_ID_BYTES).toString('hex')}_${randomBytes(SECRET_BYTES).toString('base64url')}`,
  );
}

/**
 * @param text a key, or a bootstrap secret chosen by a person, whose id follows from it.
 * @returns null when it cannot be either.
 */
export function parseKey(text: string): PresentedKey | null {
  const [, keyId, secret] = KEY.exec(text) ?? [];
  if (keyId !== undefined && secret !== undefined) return { keyId, secret };
  if (text.startsWith('mk_') || !CHOSEN.test(text)) return null;
  return { keyId: `b${hash('sha256', `mooring bootstrap key id ${text}`, 'hex').slice(0, 24)}`, secret: text };
}

/** What is stored of a secret. It needs no slow hash: nobody can guess 256 random bits. */
export function secretHash(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

export function isSecretOf(secret: string, stored: Buffer): boolean {
  const presented = secretHash(secret);
  return presented.length === stored.length && timingSafeEqual(presented, stored);
}
