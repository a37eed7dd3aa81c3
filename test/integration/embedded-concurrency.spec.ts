import pg from 'pg';

import { testDatabase, type TestDatabase } from '../factories/database.factory.js';

const TURNS = 60;

/** A statement that only its own parameters and columns fit. */
async function ask(pool: pg.Pool, worker: number, turn: number): Promise<void> {
  const values = Array.from({ length: worker + 1 }, (_none, column) => `${worker}:${turn}:${column}`);
  const columns = values.map((_value, column) => `$${column + 1}::text AS c${column}`);
  const { rows } = await pool.query<Record<string, string>>(`SELECT ${columns.join(', ')}`, values);
  expect(Object.values(rows[0] ?? {})).toEqual(values);
}

/** A server may still speak to a connection that has said goodbye when its database is dropped. */
function poolOf(connectionString: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString, max });
  pool.on('error', () => undefined);
  return pool;
}

describe('statements of connections that wait for a transaction of another', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase();
  });

  afterAll(async () => {
    await database.close();
  });

  it('are never mixed', async () => {
    const pool = poolOf(database.url, 7);
    const done = new AbortController();
    const transactions = (async () => {
      const client = await pool.connect();
      while (!done.signal.aborted) {
        await client.query('BEGIN');
        await client.query('SELECT $1::int', [1]);
        await client.query('COMMIT');
      }
      client.release();
    })();
    const workers = Array.from({ length: 6 }, async (_none, worker) => {
      for (let turn = 0; turn < TURNS; turn++) await ask(pool, worker, turn);
    });

    const outcomes = await Promise.allSettled(workers);
    done.abort();
    await transactions;
    await pool.end();

    expect(outcomes.map(({ status }) => status)).toEqual(Array(6).fill('fulfilled'));
  });

  it('go on after a connection was lost in the middle of a statement', async () => {
    const lost = new pg.Client({ connectionString: database.url });
    lost.on('error', () => undefined);
    await lost.connect();
    await lost.query('BEGIN');
    const never = lost.query('SELECT $1::int', [1]).catch(() => undefined);
    const ended = lost.end();
    const pool = poolOf(database.url, 4);

    await Promise.all([1, 2, 3, 4].map((worker) => ask(pool, worker, 0)));

    await Promise.all([never, ended]);
    await pool.end();
  });
});
