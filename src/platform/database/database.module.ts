import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';

import { DatabaseConfig } from '../../config/slices.js';
import { isDatabaseUnavailable } from './database-errors.js';
import { DatabaseLifetime } from './database-lifetime.js';
import { DatabaseServer } from './database-server.js';
import { dataSourceOptions, type MigrationList } from './data-source-options.js';
import { migrate } from './migrate.js';
import { openDatabaseServer } from './open-database-server.js';

const CONNECT_ATTEMPTS = 10;
const CONNECT_DELAY_MS = 1_000;

@Global()
@Module({
  providers: [{ provide: DatabaseServer, useFactory: openDatabaseServer, inject: [DatabaseConfig] }],
  exports: [DatabaseServer],
})
class DatabaseServerModule {}

/** Connects TypeORM, with every migration applied before anything else can use it. */
@Module({})
export class DatabaseModule {
  /** @param migrations all of them, from the composition root: this module knows no feature. */
  static forRoot(migrations: MigrationList): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        DatabaseServerModule,
        TypeOrmModule.forRootAsync({
          inject: [DatabaseServer],
          useFactory: ({ url, limits }: DatabaseServer) => ({
            ...dataSourceOptions(url, migrations, limits),
            autoLoadEntities: true,
            retryAttempts: CONNECT_ATTEMPTS,
            retryDelay: CONNECT_DELAY_MS,
            toRetry: isDatabaseUnavailable,
          }),
          dataSourceFactory: connectAndMigrate,
        }),
      ],
      providers: [DatabaseLifetime],
    };
  }
}

async function connectAndMigrate(options?: DataSourceOptions): Promise<DataSource> {
  if (options?.type !== 'postgres' || !options.url)
    throw new TypeError('The database is always PostgreSQL by address.');
  const dataSource = await new DataSource(options).initialize();
  try {
    await migrate(dataSource, options.url);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
