import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

import pg from 'pg';

import { MovableClock } from '../../src/platform/time/clock.js';
import { createTinkSimulator } from '../../src/sandbox/tink/tink-simulator.js';
import { Report, round } from './report.js';
import { BOOTSTRAP_KEY, freshDatabase, startMooring } from './servers.js';

const report = new Report('webhooks');
const SECRET = randomBytes(32).toString('hex');
const PER_SECOND = 300;
const SECONDS = 20;
const FLOOD = 20_000;
const FLOOD_SENDERS = 32;
const WARM_SAMPLES = 30;
const QUIET_SAMPLES = 100;
const QUIET_EVERY_MS = 200;
/** So many that each is read less than once a second. */
const CUSTOMERS = 8;
let turn = 0;

/** P8 of the targets, and what a flood for one connection does to the others. Needs PostgreSQL; takes two minutes. */
async function main(): Promise<void> {
  const database = await freshDatabase();
  const tink = await simulatorThread();
  const mooring = await startMooring({
    ...{ DATABASE_URL: database.url, TINK_API_URL: tink.url, TINK_LINK_URL: tink.linkUrl },
    ...{ TINK_CLIENT_ID: 'bench', TINK_CLIENT_SECRET: SECRET, TINK_WEBHOOK_SECRET: SECRET },
  });
  const client = new pg.Client({ connectionString: database.url });
  try {
    await client.connect();
    await connectAll(mooring.url, client);
    await quietDisk(client);
    const machine = await probed(database.url);
    await accepting(mooring.url);
    await machine.note();
    await none(client, `SELECT 1 FROM webhook_inbox WHERE status = 'received' LIMIT 1`);
    // Those of the first measure are about nobody and would be looked up again a minute later.
    await client.query('TRUNCATE webhook_inbox');
    await quietDisk(client);
    const [flooded = '', ...quiet] = await tink.credentials();
    await flooding(mooring.url, client, flooded, quiet);
  } finally {
    await client.end();
    await mooring.stop();
    await tink.close();
    await database.drop();
  }
  await report.write();
}

interface Tink {
  readonly url: string;
  readonly linkUrl: string;
  credentials(): Promise<readonly string[]>;
  close(): Promise<unknown>;
}

/** The senders of a flood would hold up answers of a provider in the same thread, which are part of what is measured. */
async function simulatorThread(): Promise<Tink> {
  const worker = new Worker(new URL(import.meta.url), { workerData: SECRET });
  const answer = async (): Promise<unknown> => new Promise((resolve) => worker.once('message', resolve));
  const urls = (await answer()) as { readonly url: string; readonly linkUrl: string };
  return {
    ...urls,
    credentials: async () => {
      worker.postMessage('credentials');
      return (await answer()) as readonly string[];
    },
    close: async () => worker.terminate(),
  };
}

async function simulate(): Promise<void> {
  const clientSecret = workerData as string;
  const tink = await createTinkSimulator({ clock: new MovableClock(), clientId: 'bench', clientSecret, stepMs: 1 });
  parentPort?.on('message', () => {
    parentPort?.postMessage(tink.control.state().credentials.map(({ id }) => id));
  });
  parentPort?.postMessage({ url: tink.url, linkUrl: tink.linkUrl });
}

/** What the machine itself does meanwhile: a row is written durably every 20 ms, and late timers of the senders are counted. */
async function probed(url: string): Promise<{ note(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE bench_probe (at timestamptz NOT NULL)');
  const times: number[] = [];
  const late = monitorEventLoopDelay({ resolution: 5 });
  late.enable();
  const stopped = new AbortController();
  const probing = (async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const begun = performance.now();
      await client.query('INSERT INTO bench_probe VALUES (clock_timestamp())');
      times.push(performance.now() - begun);
      await pause(20);
    }
  })();
  return {
    note: async () => {
      stopped.abort();
      await probing;
      late.disable();
      await client.query('DROP TABLE bench_probe');
      await client.end();
      const [p50, p99, most] = [percentile(times, 0.5), percentile(times, 0.99), Math.max(...times)];
      report.note(
        `a bare insert meanwhile: p50 ${String(round(p50))} ms, p99 ${String(round(p99))} ms, most ${String(round(most))} ms`,
      );
      report.note(`the senders' own timers were late by up to ${String(round(late.max / 1e6))} ms`);
    },
  };
}

/** At a steady rate, whether or not answers come. Each is about somebody else, so that each has a job. */
async function accepting(url: string): Promise<void> {
  for (let warm = 0; warm < PER_SECOND; warm += 1) await send(url, randomUUID());
  const times: Promise<number>[] = [];
  const begun = performance.now();
  while (times.length < PER_SECOND * SECONDS) {
    const due = Math.floor(((performance.now() - begun) / 1000) * PER_SECOND);
    while (times.length < due) times.push(timed(url, randomUUID()));
    await pause(2);
  }
  const answered = await Promise.all(times);
  report.note(`${String(answered.length)} accepted, p50 ${String(round(percentile(answered, 0.5)))} ms`);
  add('P8', `webhook accepted (durable) at ${String(PER_SECOND)}/s, p99`, percentile(answered, 0.99), 'ms', 50);
}

async function flooding(url: string, client: pg.Client, flooded: string, quiet: readonly string[]): Promise<void> {
  const few = (most: number) => {
    let samples = 0;
    return () => (samples += 1) > most;
  };
  await sampled(url, client, quiet, few(WARM_SAMPLES));
  const before = await sampled(url, client, quiet, few(QUIET_SAMPLES));
  let isOver = false;
  const begun = performance.now();
  const flood = flooding20k(url, flooded).finally(() => {
    isOver = true;
  });
  const during = await sampled(url, client, quiet, () => isOver);
  await flood;
  const rate = FLOOD / ((performance.now() - begun) / 1000);
  report.note(`flood at ${String(round(rate, 0))}/s; ${String(during.length)} others meanwhile`);
  for (const [name, times] of Object.entries({ quiet: before, flooded: during })) {
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
    report.note(`processing of others, ${name}: p50 ${String(round(p50))} ms, p99 ${String(round(p99))} ms`);
  }
  add('F1', 'p99 of processing in a flood ÷ quiet', percentile(during, 0.99) / percentile(before, 0.99), '', 2);
  const { rows } = await client.query(`SELECT status, count(*)::int FROM webhook_inbox GROUP BY 1 ORDER BY 1`);
  report.note(JSON.stringify(rows));
}

async function flooding20k(url: string, credential: string): Promise<void> {
  let left = FLOOD;
  const sender = async (): Promise<void> => {
    for (; left > 0;) {
      left -= 1;
      await send(url, credential);
    }
  };
  await Promise.all(Array.from({ length: FLOOD_SENDERS }, sender));
}

/** One webhook after the other for quiet connections. @returns milliseconds from each one's arrival to its end */
async function sampled(
  url: string,
  client: pg.Client,
  credentials: readonly string[],
  isOver: () => boolean,
): Promise<number[]> {
  const digests: string[] = [];
  while (!isOver()) {
    // In turns over all phases: none is read twice in a second.
    turn += 1;
    digests.push(await send(url, credentials[turn % credentials.length] ?? ''));
    await pause(QUIET_EVERY_MS);
  }
  await none(client, `SELECT 1 FROM webhook_inbox WHERE status = 'received' LIMIT 1`);
  const { rows } = await client.query<{ ms: number }>(
    `SELECT extract(epoch FROM processed_at - received_at)::float8 * 1000 AS ms
       FROM webhook_inbox WHERE digest = ANY ($1) AND processed_at IS NOT NULL`,
    [digests],
  );
  return rows.map(({ ms }) => ms);
}

async function timed(url: string, credential: string): Promise<number> {
  const begun = performance.now();
  await send(url, credential);
  return performance.now() - begun;
}

/** As Tink signs it. @returns the digest of the body */
async function send(url: string, credential: string): Promise<string> {
  const content = { credentialsId: credential, credentialsStatus: 'TEMPORARY_ERROR', note: randomUUID() };
  const body = JSON.stringify({ context: { userId: 'bench' }, content, event: 'refresh:finished' });
  const time = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex');
  const request = { method: 'POST', body, headers: { 'x-tink-signature': `t=${time},v1=${signature}` } };
  // A connection that was idle too long may close at the moment of its use.
  const answer = await fetch(`${url}/webhooks/tink`, request).catch(() => fetch(`${url}/webhooks/tink`, request));
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`A webhook was answered with ${String(answer.status)}.`);
  return createHash('sha256').update(body).digest('base64url');
}

async function connectAll(url: string, client: pg.Client): Promise<void> {
  const key = (await call(url, BOOTSTRAP_KEY, '/admin/clients', {
    name: 'bench',
    scopes: ['users:write', 'credentials:write'],
  })) as { key: string };
  for (let customer = 0; customer < CUSTOMERS; customer += 1) {
    const user = (await call(url, key.key, '/v1/users', { externalUserId: randomUUID(), market: 'SE' })) as {
      id: string;
    };
    // The bank does not know them: they are blocked, and read like any other.
    const fields = [
      { name: 'username', value: `u2000000${String(customer)}` },
      { name: 'password', value: 'abc123' },
    ];
    const request = { userId: user.id, provider: 'tink', institutionId: 'se-demobank-password', fields };
    await call(url, key.key, '/v1/connections', request);
  }
  await none(client, `SELECT 1 FROM connections WHERE state NOT IN ('active', 'blocked')`);
}

async function call(url: string, key: string, path: string, body: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${String(answer.status)} ${await answer.text()}`);
  return answer.json();
}

/** What earlier work left to be written is written now, and not in the middle of a measure. */
async function quietDisk(client: pg.Client): Promise<void> {
  await client.query('VACUUM ANALYZE');
  await client.query('CHECKPOINT');
  await pause(1_000);
}

/** Waits until a query finds nothing more. */
async function none(client: pg.Client, sql: string): Promise<void> {
  for (let attempt = 0; attempt < 1200; attempt += 1) {
    if ((await client.query(sql)).rows.length === 0) return;
    await pause(100);
  }
  throw new Error('It never ends.');
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function add(id: string, name: string, value: number, unit: string, limit: number): void {
  const target = `at most ${String(limit)} ${unit}`.trim();
  report.add({ id, name, value: round(value), unit, target, met: value <= limit });
}

await (isMainThread ? main() : simulate());
