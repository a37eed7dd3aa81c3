import 'reflect-metadata';

import { DataSource } from 'typeorm';

import { MIGRATIONS } from './migrations/all.js';
import { loadConfig } from './src/config/load-config.js';
import { dataSourceOptions } from './src/platform/database/data-source-options.js';

const { url } = loadConfig(process.env).database;
if (url === null) throw new Error('Set DATABASE_URL: the TypeORM command line works on a PostgreSQL server.');

/** For the TypeORM command line, after a build: `typeorm migration:show -d dist/ormconfig.js`. */
export const dataSource = new DataSource(dataSourceOptions(url, MIGRATIONS));
