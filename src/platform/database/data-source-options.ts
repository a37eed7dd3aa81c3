import pg from 'pg';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import type { MigrationInterface } from 'typeorm';

import { SafeQueryLogger } from './safe-query-logger.js';

export type MigrationList = readonly (new () => MigrationInterface)[];

export interface PoolLimits {
  readonly size: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

export const SERVER_POOL: PoolLimits = { size: 10, connectTimeoutMs: 5_000, statementTimeoutMs: 15_000 };

/**
 * The one set of DataSource options: the application, the TypeORM command line and the tests all use it.
 * @param entities only for the command line; the application loads the entities of its modules.
 */
export function dataSourceOptions(
  url: string,
  migrations: MigrationList,
  limits: PoolLimits = SERVER_POOL,
): PostgresDataSourceOptions {
  return {
    type: 'postgres',
    url,
    // Jest's ES module loader cannot follow TypeORM's dynamic require.
    driver: pg,
    synchronize: false,
    // Run by `migrate`, which takes a lock first.
    migrationsRun: false,
    migrations: [...migrations],
    migrationsTableName: 'mooring_migrations',
    migrationsTransactionMode: 'each',
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    logging: ['error', 'warn', 'migration'],
    logger: new SafeQueryLogger(),
    applicationName: 'mooring',
    poolSize: limits.size,
    connectTimeoutMS: limits.connectTimeoutMs,
    extra: {
      statement_timeout: limits.statementTimeoutMs,
      query_timeout: limits.statementTimeoutMs + 2_000,
      idle_in_transaction_session_timeout: limits.statementTimeoutMs,
      keepAlive: true,
    },
  };
}
