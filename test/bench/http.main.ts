import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';

import { compare, loadTool, type Target } from './load.js';
import { Report, round } from './report.js';
import { BOOTSTRAP_KEY, freshDatabase, startBare, startMooring } from './servers.js';

const report = new Report('http');
const CONNECTIONS = 2000;

/** P1, P2, P7 and P9 of the targets. Needs PostgreSQL (`DATABASE_URL`); takes about two minutes. */
async function main(): Promise<void> {
  const database = await freshDatabase();
  try {
    await startTimes(database.url);
    const ids = await seedConnections(database.url);
    const [id = ''] = ids;
    await memory(database.url);
    await cachedRead(database.url, id);
    await uncachedRead(database.url, ids);
  } finally {
    await database.drop();
  }
  await report.write();
}

async function startTimes(databaseUrl: string): Promise<void> {
  await (await startMooring({ DATABASE_URL: databaseUrl })).stop();
  add('P7', 'start on PostgreSQL', await timeToAnswer({ DATABASE_URL: databaseUrl }), 's', 1.5, 'at most');
  const dataDir = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  const embedded = { MOORING_DATA_DIR: dataDir };
  add('P7', 'start on the embedded database, first time', await timeToAnswer(embedded), 's', 6, 'at most');
  add('P7', 'start on the embedded database, again', await timeToAnswer(embedded), 's', 2, 'at most');
  await rm(dataDir, { recursive: true, force: true });
}

async function timeToAnswer(env: Record<string, string>): Promise<number> {
  const mooring = await startMooring(env);
  await mooring.stop();
  return mooring.firstAnswerMs / 1000;
}

async function memory(databaseUrl: string): Promise<void> {
  const mooring = await startMooring({ DATABASE_URL: databaseUrl });
  await pause(5000);
  add('P9', 'resident memory, idle, external PostgreSQL', await mooring.residentMegabytes(), 'MB', 180, 'at most');
  await mooring.stop();
}

async function cachedRead(databaseUrl: string, id: string): Promise<void> {
  const mooring = await startMooring({ DATABASE_URL: databaseUrl, MOORING_CACHE_TTL_MS: '3600000' });
  const ours = await target(mooring.url, id);
  const bytes = await (await fetch(ours.url, { headers: { authorization: `Bearer ${String(ours.key)}` } })).text();
  const bare = await startBare({ BARE_BYTES: bytes, DATABASE_URL: databaseUrl });
  const result = await compare(await loadTool(), ours, { url: `${bare.url}/bytes` });
  rates(result.ours.requestsPerSecond, result.bare.requestsPerSecond);
  add('P1', 'cached read ÷ bare Fastify', ratio(result, 'requestsPerSecond'), '', 0.5, 'at least');
  add('P1', 'p99 of a cached read ÷ bare', ratio(result, 'p99'), '', 3, 'at most');
  await bare.stop();
  await mooring.stop();
}

/** Over many connections: reads of one at the same moment share a query, and that is not what is measured. */
async function uncachedRead(databaseUrl: string, ids: readonly string[]): Promise<void> {
  const mooring = await startMooring({ DATABASE_URL: databaseUrl, MOORING_CACHE_TTL_MS: '0' });
  const ours = { ...(await target(mooring.url, ids[0] ?? '')), paths: ids.map((id) => `/v1/connections/${id}`) };
  const bare = await startBare({ DATABASE_URL: databaseUrl });
  const paths = ids.map((id) => `/connections/${id}`);
  const result = await compare(await loadTool(), ours, { url: `${bare.url}${paths[0] ?? ''}`, paths });
  rates(result.ours.requestsPerSecond, result.bare.requestsPerSecond);
  add('P2', 'uncached read ÷ bare Fastify + pg', ratio(result, 'requestsPerSecond'), '', 0.4, 'at least');
  await bare.stop();
  await mooring.stop();
}

async function target(url: string, id: string): Promise<Target> {
  const created = await fetch(`${url}/admin/clients`, {
    method: 'POST',
    headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench', scopes: ['credentials:read'] }),
  });
  const { key } = (await created.json()) as { key: string };
  return { url: `${url}/v1/connections/${id}`, key };
}

/** Settled connections, which no provider is asked for. @returns their ids */
async function seedConnections(databaseUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const userId = randomUUID();
  await client.query(`INSERT INTO users (id, external_user_id, created_at) VALUES ($1, 'bench', now())`, [userId]);
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO connections (id, user_id, external_user_id, provider, institution_id, institution_name, state, cause,
       state_since, provider_status, provider_status_at, consent_expires_at, consent_renewable_from, data_as_of,
       last_attempt_at, last_success_at, created_at, updated_at)
     SELECT gen_random_uuid(), $1, 'bench', 'tink', 'se-demobank-password', 'Demo Bank', 'active', 'none', now(),
       'UPDATED', now(), now() + interval '90 days', now() + interval '83 days', now(), now(), now(), now(), now()
       FROM generate_series(1, ${String(CONNECTIONS)})
     RETURNING id`,
    [userId],
  );
  await client.query('ANALYZE connections');
  await client.end();
  return rows.map(({ id }) => id);
}

function ratio(result: Awaited<ReturnType<typeof compare>>, of: 'requestsPerSecond' | 'p99'): number {
  return result.ours[of] / result.bare[of];
}

function rates(ours: number, bare: number): void {
  report.note(`Mooring ${String(Math.round(ours))}/s, bare ${String(Math.round(bare))}/s`);
}

function add(id: string, name: string, value: number, unit: string, limit: number, kind: 'at least' | 'at most'): void {
  const met = kind === 'at least' ? value >= limit : value <= limit;
  report.add({ id, name, value: round(value), unit, target: `${kind} ${String(limit)} ${unit}`.trim(), met });
}

await main();
