import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';

import type { DataSource } from 'typeorm';

import { Opened } from '../../platform/crypto/opened.js';
import type { Sealed } from '../../platform/crypto/sealed.js';
import type { Sealer } from '../../platform/crypto/sealer.js';

const NAME = 'user-token-key';
const ADDRESS = { table: 'installation_secrets', row: NAME, field: 'sealed' };

/** Signs user tokens (Ed25519). */
export class UserTokenKey {
  readonly publicKey: KeyObject;
  /** Follows from the key. */
  readonly id: string;

  constructor(readonly privateKey: KeyObject) {
    this.publicKey = createPublicKey(privateKey);
    const bytes = this.publicKey.export({ type: 'spki', format: 'der' });
    this.id = hash('sha256', bytes, 'base64url').slice(0, 16);
  }

  static generate(): UserTokenKey {
    return new UserTokenKey(generateKeyPairSync('ed25519').privateKey);
  }
}

/** Made once for an installation and kept sealed, so that every process accepts the tokens of every other. */
export async function userTokenKey(database: DataSource, sealer: Sealer): Promise<UserTokenKey> {
  const stored = await storedKey(database, sealer);
  if (stored) return stored;
  const pem = UserTokenKey.generate().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  // Two processes that start together: one writes, both read what was written.
  await database.query(`INSERT INTO installation_secrets (name, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
    NAME,
    sealer.seal(new Opened(pem), ADDRESS),
  ]);
  const written = await storedKey(database, sealer);
  if (!written) throw new TypeError('The key of user tokens was not stored.');
  return written;
}

async function storedKey(database: DataSource, sealer: Sealer): Promise<UserTokenKey | null> {
  const [row] = await database.query<{ sealed: Sealed }[]>(`SELECT sealed FROM installation_secrets WHERE name = $1`, [
    NAME,
  ]);
  return row ? new UserTokenKey(createPrivateKey(sealer.open(row.sealed, ADDRESS, 'to sign').reveal('to sign'))) : null;
}
