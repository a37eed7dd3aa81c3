import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';

import { dataSourceOptions } from '../../src/platform/database/data-source-options.js';
import { isUniqueViolation } from '../../src/platform/database/database-errors.js';
import { DataDirectoryInUseError } from '../../src/platform/database/data-directory-lock.js';
import { EmbeddedDatabase } from '../../src/platform/database/embedded-database.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';

class CreateCounted1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE counted (id int)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE counted');
  }
}

class SleepLonger1700000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('SELECT pg_sleep(0.3)');
  }

  async down(): Promise<void> {
    // Nothing was made.
  }
}

const onServer = process.env['DATABASE_URL'] ? it : it.skip;

describe('database', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase();
    await query(database.url, 'CREATE TABLE probe (id int PRIMARY KEY, name text CONSTRAINT probe_name_key UNIQUE)');
  });

  afterAll(async () => {
    await database.close();
  });

  // The embedded database serves one process, in which all connections are one session and share the lock.
  onServer('is migrated once when several processes start together', async () => {
    const sources = await Promise.all(
      [1, 2, 3].map(async () =>
        new DataSource(dataSourceOptions(database.url, [CreateCounted1700000000000])).initialize(),
      ),
    );

    await Promise.all(sources.map(async (source) => migrate(source, database.url)));

    const [first] = sources;
    const rows: unknown = await first?.query(`SELECT name FROM mooring_migrations WHERE name LIKE 'CreateCounted%'`);
    expect(rows).toHaveLength(1);
    await Promise.all(sources.map(async (source) => source.destroy()));
  });

  // The embedded database knows no time limits.
  onServer('lets a migration take longer than a request may', async () => {
    const limits = { size: 2, connectTimeoutMs: 5_000, statementTimeoutMs: 100 };
    const source = new DataSource(dataSourceOptions(database.url, [SleepLonger1700000001000], limits));
    await source.initialize();

    await migrate(source, database.url);
    const late: unknown = await source.query('SELECT pg_sleep(0.3)').catch((error: unknown) => error);

    expect(late).toBeInstanceOf(Error);
    await source.destroy();
  });

  it('says which unique constraint a statement broke', async () => {
    const source = await database.connect([]);
    await source.query(`INSERT INTO probe VALUES (1, 'a')`);

    const error: unknown = await source.query(`INSERT INTO probe VALUES (2, 'a')`).catch((caught: unknown) => caught);

    expect(isUniqueViolation(error, 'probe_name_key')).toBe(true);
    expect(isUniqueViolation(error, 'probe_pkey')).toBe(false);
  });

  it('never mixes the statements of connections that work at the same time', async () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 6 });
    // A server may still speak to a connection that has said goodbye when its database is dropped.
    pool.on('error', () => undefined);
    const work = Array.from({ length: 6 }, async (_none, worker) => {
      for (let turn = 0; turn < 50; turn++) {
        const value = `${worker}:${turn}`;
        const { rows } = await pool.query<{ value: string }>('SELECT $1::text AS value', [value]);
        expect(rows).toEqual([{ value }]);
      }
    });

    await Promise.all(work);
    await pool.end();
  });

  it('keeps a transaction apart from statements of other connections', async () => {
    const source = await database.connect([]);
    const rolledBack = source.transaction(async (manager) => {
      await manager.query(`INSERT INTO probe VALUES (10, 'inside')`);
      throw new Error('roll back');
    });
    const outside = source.query(`INSERT INTO probe VALUES (11, 'outside')`);

    await expect(rolledBack).rejects.toThrow('roll back');
    await outside;

    expect(await source.query('SELECT id FROM probe WHERE id >= 10')).toEqual([{ id: 11 }]);
  });
});

describe('embedded database', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mooring-embedded-'));
  });

  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  it('keeps its data over a restart and refuses a second user of its directory', async () => {
    const first = await EmbeddedDatabase.start(directory);
    await query(first.url, 'CREATE TABLE kept (id int)');
    await expect(EmbeddedDatabase.start(directory)).rejects.toThrow(DataDirectoryInUseError);
    await first.close();

    const again = await EmbeddedDatabase.start(directory);
    expect(await query(again.url, `SELECT count(*)::int AS n FROM kept`)).toEqual([{ n: 0 }]);
    await again.close();
  });

  it('starts at once after a process that had it was killed, with everything that was committed', async () => {
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', HOLDER, directory], {
      cwd: process.cwd(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    await once(holder, 'exit');

    const healed = await EmbeddedDatabase.start(directory);

    expect(await query(healed.url, 'SELECT id FROM kept')).toEqual([{ id: 7 }]);
    await healed.close();
  });
});

/** Plays a process that takes the lock, commits a row and never stops by itself. */
const HOLDER = `
import { hostname } from 'node:os';
import { mkdirSync, writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
const directory = process.argv[1];
mkdirSync(directory + '/lock');
writeFileSync(directory + '/owner.json', JSON.stringify({ pid: process.pid, host: hostname(), token: 'other' }));
const database = await PGlite.create({ dataDir: directory + '/pgdata' });
await database.exec('INSERT INTO kept VALUES (7)');
console.log('ready');
setInterval(() => undefined, 1000);
`;

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
