import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { KeyRing } from './key-ring.js';
import { Opened } from './opened.js';
import type { SealAddress, Sealed } from './sealed.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Thrown when a ciphertext cannot be opened: changed, moved to another row, or sealed with a key we do not have. */
export class UnsealError extends Error {
  override readonly name = 'UnsealError';
}

/** Authenticated encryption (AES-256-GCM) of single fields, bound to table, row and field. */
export class Sealer {
  constructor(private readonly keys: KeyRing) {}

  seal(secret: { reveal(reason: string): string }, address: SealAddress): Sealed {
    const { id, key } = this.keys.current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(additionalData(address));
    const body = Buffer.concat([
      cipher.update(secret.reveal('to seal it'), 'utf8'),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return `v1.${id}.${nonce.toString('base64url')}.${body.toString('base64url')}` as Sealed;
  }

  /**
   * @param _reason a constant phrase that says why it is opened, for the reader of the code.
   * @throws UnsealError
   */
  open(sealed: Sealed, address: SealAddress, _reason: string): Opened {
    const [version, keyId, nonceText, bodyText, ...more] = sealed.split('.');
    if (version !== 'v1' || !keyId || !nonceText || !bodyText || more.length > 0) {
      throw new UnsealError('Not a sealed value.');
    }
    const key = this.keys.find(keyId);
    if (!key) throw new UnsealError(`No encryption key with id "${keyId}" is configured.`);
    const body = Buffer.from(bodyText, 'base64url');
    const nonce = Buffer.from(nonceText, 'base64url');
    if (body.length < TAG_BYTES || nonce.length !== NONCE_BYTES)
      throw new UnsealError('The sealed value is cut short.');
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(additionalData(address))
      .setAuthTag(body.subarray(body.length - TAG_BYTES));
    try {
      const text = Buffer.concat([decipher.update(body.subarray(0, body.length - TAG_BYTES)), decipher.final()]);
      return new Opened(text.toString('utf8'));
    } catch (cause) {
      throw new UnsealError('The sealed value was changed or belongs to another row or field.', { cause });
    }
  }
}

/** Length-prefixed, so that no two addresses give the same bytes. */
function additionalData({ table, row, field }: SealAddress): Buffer {
  return Buffer.from([table, row, field].map((part) => `${part.length}:${part}`).join('|'), 'utf8');
}
