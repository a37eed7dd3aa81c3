/** A table with sealed values. The names of its columns are the fields that the values are bound to. */
export interface SealedTable {
  readonly table: string;
  /** SQL for the row that the values are bound to, as text. Constant text only. */
  readonly row: string;
  /** SQL that orders the table and whose type is `keyType`: the primary key, so that walking it is cheap. */
  readonly key: string;
  readonly keyType: 'uuid' | 'text';
  readonly columns: readonly string[];
}

const byId = (table: string, ...columns: readonly string[]): SealedTable => ({
  table,
  row: 'id::text',
  key: 'id',
  keyType: 'uuid',
  columns,
});

/** A pair as key: the table is small, its rows live for minutes. */
const CALL = `(connection_id::text || ' ' || subject)`;

/**
 * Every place with sealed values. One list here, not one in each room: a place that is missing loses its values when
 * the old key is removed, so a test compares the list with the schema.
 */
export const SEALED_TABLES: readonly SealedTable[] = [
  { table: 'installation_secrets', row: 'name', key: 'name', keyType: 'text', columns: ['sealed'] },
  byId('connections', 'credential_sealed', 'challenge_sealed', 'session_sealed'),
  byId('link_sessions', 'state_sealed', 'handle_sealed'),
  byId('accounts', 'vendor_sealed', 'iban_sealed', 'number_sealed'),
  byId('statements', 'vendor_sealed'),
  {
    table: 'data_readings',
    row: 'connection_id::text',
    key: 'connection_id',
    keyType: 'uuid',
    columns: ['cursor_sealed'],
  },
  { table: 'statement_calls', row: CALL, key: CALL, keyType: 'text', columns: ['cursor_sealed'] },
  byId('webhook_endpoints', 'secret_sealed', 'previous_secret_sealed'),
  byId('webhook_registrations', 'vendor_id_sealed', 'secret_sealed'),
  byId('webhook_inbox', 'body_sealed'),
  byId('orphans', 'credential_sealed'),
  byId('former_credentials', 'credential_sealed'),
  { table: 'reconcile_sweeps', row: 'provider', key: 'provider', keyType: 'text', columns: ['cursor_sealed'] },
  { table: 'idempotency_keys', row: 'key_hash', key: 'key_hash', keyType: 'text', columns: ['body_sealed'] },
];

/** @throws RangeError for a table without sealed values. */
export function sealedTable(name: string): SealedTable {
  const found = SEALED_TABLES.find(({ table }) => table === name);
  if (!found) throw new RangeError(`The table "${name}" holds no sealed values.`);
  return found;
}
