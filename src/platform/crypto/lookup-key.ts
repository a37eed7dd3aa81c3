import { randomBytes } from 'node:crypto';

import type { DataSource } from 'typeorm';

import { Opened } from './opened.js';
import type { Sealed } from './sealed.js';
import { UnsealError, type Sealer } from './sealer.js';

const NAME = 'lookup-key';
const ADDRESS = { table: 'installation_secrets', row: NAME, field: 'sealed' };

/** The configured encryption keys are not those of this database. */
export class ForeignKeysError extends Error {
  override readonly name = 'ForeignKeysError';

  constructor(
    cause: unknown,
    message = 'MOORING_ENCRYPTION_KEYS does not hold the key that this database was sealed with. Add it to the list; without it nothing stored can be opened.',
  ) {
    super(message, { cause });
  }
}

/**
 * The key of look-up hashes: made once, kept sealed. Encryption keys may change; hashes that are stored must not.
 * Reading it at the start also proves that the configured keys belong to this database.
 * @throws ForeignKeysError
 */
export async function lookupKey(database: DataSource, sealer: Sealer): Promise<Buffer> {
  const fresh = sealer.seal(new Opened(randomBytes(32).toString('base64')), ADDRESS);
  // Two processes that start together: one writes, both read what was written.
  await database.query(`INSERT INTO installation_secrets (name, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
    NAME,
    fresh,
  ]);
  const [row] = await database.query<{ sealed: Sealed }[]>(`SELECT sealed FROM installation_secrets WHERE name = $1`, [
    NAME,
  ]);
  if (!row) throw new TypeError('The look-up key was not stored.');
  try {
    return Buffer.from(sealer.open(row.sealed, ADDRESS, 'to hash').reveal('to hash'), 'base64');
  } catch (error) {
    throw error instanceof UnsealError ? new ForeignKeysError(error) : error;
  }
}
