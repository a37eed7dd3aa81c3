import pg from 'pg';
import type { DataSource } from 'typeorm';

/** Any constant: the same for every process that migrates this database. */
const MIGRATION_LOCK = 0x6d6f6f72;
const LOCK_WAIT_MS = 300_000;

/**
 * Runs the migrations that are missing. Safe when several processes start together: one migrates, the others wait.
 * The lock belongs to a connection of its own, so that it holds over all the transactions of the migrations.
 */
export async function migrate(dataSource: DataSource, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: LOCK_WAIT_MS });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations({ transaction: 'each' });
    // The embedded database has one session for all connections, so ending this one would not release the lock.
    await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  } finally {
    await client.end();
  }
}
