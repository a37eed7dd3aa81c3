import pg from 'pg';
import { DataSource, MigrationExecutor } from 'typeorm';

import { dataSourceOptions } from './data-source-options.js';

/** Any constant: the same for every process that migrates this database. */
const MIGRATION_LOCK = 0x6d6f6f72;
/** An index on a big table takes minutes. With the time limit of requests an upgrade would fail at every start. */
const STATEMENT_MS = 3_600_000;
/** Others wait for the one that migrates. */
const LOCK_WAIT_MS = STATEMENT_MS;

/**
 * Runs the migrations that are missing. Safe when several processes start together: one migrates, the others wait.
 * The lock belongs to a connection of its own, so that it holds over all the transactions of the migrations.
 */
export async function migrate(dataSource: DataSource, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: LOCK_WAIT_MS });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    if ((await new MigrationExecutor(dataSource).getPendingMigrations()).length > 0) await runPending(dataSource, url);
    // The embedded database has one session for all connections, so ending this one would not release the lock.
    await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  } finally {
    await client.end();
  }
}

/** On a connection of its own, which waits longer than those of requests. */
async function runPending({ options }: DataSource, url: string): Promise<void> {
  const limits = { size: 1, connectTimeoutMs: 5_000, statementTimeoutMs: STATEMENT_MS };
  const patient = new DataSource({ ...dataSourceOptions(url, [], limits), migrations: options.migrations ?? [] });
  await patient.initialize();
  try {
    await patient.runMigrations({ transaction: 'each' });
  } finally {
    await patient.destroy();
  }
}
