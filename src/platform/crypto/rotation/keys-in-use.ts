import type { DataSource } from 'typeorm';

import type { KeyRing } from '../key-ring.js';
import { ForeignKeysError } from '../lookup-key.js';

/**
 * Two statements at every start: refuses a configuration that lacks a key some value may still be sealed with, and
 * notes the current key before anything is sealed with it.
 * @throws ForeignKeysError
 */
export async function checkKeysInUse(database: DataSource, keys: KeyRing, now: Date): Promise<void> {
  const rows = await database.query<{ id: string }[]>(`SELECT id FROM encryption_keys ORDER BY id`);
  const missing = rows.filter(({ id }) => !keys.find(id)).map(({ id }) => id);
  if (missing.length > 0) {
    throw new ForeignKeysError(
      null,
      `MOORING_ENCRYPTION_KEYS lacks a key that is still in use: ${missing.join(', ')}. Add it behind the current one, and remove it when GET /admin/keys says "inUse": false of it.`,
    );
  }
  await database.query(`INSERT INTO encryption_keys (id, first_used_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
    keys.current.id,
    now,
  ]);
}
