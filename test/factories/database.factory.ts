import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';

import { MIGRATIONS } from '../../migrations/all.js';
import { dataSourceOptions } from '../../src/platform/database/data-source-options.js';
import { EMBEDDED_SETTINGS } from '../../src/platform/database/embedded-data-directory.js';
import { EmbeddedDatabase } from '../../src/platform/database/embedded-database.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { bossOptions } from '../../src/platform/queue/boss-options.js';

// The very first use makes a cluster, which takes seconds on a busy machine.
jest.setTimeout(60_000);
// Without an application nobody has set Nest's logger, which would fill the report with migrations.
Logger.overrideLogger(['fatal', 'error', 'warn']);

/** Connections of the embedded database: each process of a test has a pool for itself and one for its jobs. */
const FOR_SEVERAL_PROCESSES = 64;

/** A migrated database of its own: nobody else writes to it, and it is gone after `close`. */
export interface TestDatabase {
  readonly url: string;
  /** A connected DataSource for these entities. Ended by `close`. */
  connect(entities: readonly EntityTarget<ObjectLiteral>[]): Promise<DataSource>;
  close(): Promise<void>;
}

/** On the server of `DATABASE_URL` when that is set, else embedded from a prepared copy. Ask once per spec file. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = process.env['DATABASE_URL'];
  const { url, drop } = server ? await onServer(server) : await embedded();
  const sources: DataSource[] = [];
  return {
    url,
    async connect(entities) {
      const source = new DataSource({ ...dataSourceOptions(url, []), entities: [...entities] as (() => unknown)[] });
      sources.push(await source.initialize());
      return source;
    },
    async close() {
      for (const source of sources) if (source.isInitialized) await source.destroy();
      await drop();
    },
  };
}

interface Provided {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

async function onServer(server: string): Promise<Provided> {
  const name = `mooring_test_${randomBytes(6).toString('hex')}`;
  await statement(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await migrated(url.href);
  return { url: url.href, drop: () => statement(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function embedded(): Promise<Provided> {
  const prepared = await preparedDirectory();
  const directory = await mkdtemp(join(tmpdir(), 'mooring-test-'));
  await cp(prepared, directory, { recursive: true });
  const database = await EmbeddedDatabase.start(directory, FOR_SEVERAL_PROCESSES);
  return {
    url: database.url,
    async drop() {
      await database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Made once for each state of the migrations and kept: a new cluster takes seconds, a copy takes a moment. */
async function preparedDirectory(): Promise<string> {
  const cache = fileURLToPath(new URL('../.cache/', import.meta.url));
  const prepared = join(cache, `database-${await migrationsHash()}`);
  if (await exists(prepared)) return prepared;
  await mkdir(cache, { recursive: true });
  const unfinished = join(cache, `new-${randomUUID()}`);
  const database = await EmbeddedDatabase.start(unfinished);
  await migrated(database.url);
  await database.close();
  // Another worker may have been faster; its copy is as good.
  await rename(unfinished, prepared).catch(() => rm(unfinished, { recursive: true, force: true }));
  return prepared;
}

async function migrationsHash(): Promise<string> {
  const directory = fileURLToPath(new URL('../../migrations/', import.meta.url));
  const hash = createHash('sha256').update(EMBEDDED_SETTINGS.join('\n'));
  hash.update(await readFile(fileURLToPath(new URL('../../node_modules/pg-boss/package.json', import.meta.url))));
  for (const name of (await readdir(directory)).sort()) hash.update(name).update(await readFile(join(directory, name)));
  return hash.digest('hex').slice(0, 16);
}

async function migrated(url: string): Promise<void> {
  const source = await new DataSource(dataSourceOptions(url, MIGRATIONS)).initialize();
  try {
    await migrate(source, url);
  } finally {
    await source.destroy();
  }
  const boss = new PgBoss(bossOptions({ url, backend: 'postgres', supervise: false }));
  await boss.start();
  await boss.stop({ graceful: false });
}

async function statement(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
