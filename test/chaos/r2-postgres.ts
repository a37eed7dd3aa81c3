import { setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';

import { inTurns } from './simulated/desk.js';
import { DurableLoad, type Promised } from './r2-load.js';
import { Stage } from './stage.js';
import type { Verdicts } from './verdicts.js';

const CALLERS = 12;
const AWAY_MS = 3_000;
const BETWEEN_MS = 8_000;
const RECOVERY_MS = 5_000;
const PATIENCE_MS = 60_000;

/** R2: PostgreSQL is stopped at once, as by a crash, and started again, while callers read and write. */
export async function postgresRestarts(report: Verdicts, { restarts = 3, connections = 150 } = {}): Promise<void> {
  const stage = await Stage.open({
    ownServer: true,
    stepMs: 200,
    env: { MOORING_REFRESH_EVERY_MS: '60000', MOORING_READ_EVERY_MS: '60000' },
  });
  try {
    const ids = await stage.connect('tink', connections, new Date());
    await stage.connect('flanks', connections, new Date());
    const [one, two] = await stage.start('api', 'api', 'worker');
    const urls = [one?.url ?? '', two?.url ?? ''];
    const load = new DurableLoad(urls, stage.key, [...ids.keys()]);
    const callers = load.run(CALLERS);
    const recoveries: { api: number; work: number }[] = [];
    for (let restart = 0; restart < restarts; restart += 1) {
      await pause(BETWEEN_MS);
      recoveries.push(await restartOnce(stage, load, urls));
    }
    await pause(BETWEEN_MS);
    load.stop();
    await callers;
    await judge(report, stage, load, recoveries);
  } finally {
    await stage.close();
  }
}

async function restartOnce(stage: Stage, load: DurableLoad, urls: readonly string[]) {
  const { postgres } = stage;
  if (!postgres) throw new TypeError('The stage has no PostgreSQL of its own.');
  await postgres.down();
  load.away = true;
  await pause(AWAY_MS);
  load.away = false;
  await postgres.up();
  const back = new Date();
  const [api, work] = await Promise.all([
    longest(urls.map(async (url) => until(async () => canWrite(load, url)))),
    until(async () => hasWorked(postgres.url, back)),
  ]);
  return { api, work };
}

async function canWrite(load: DurableLoad, url: string): Promise<boolean> {
  const body = { externalUserId: crypto.randomUUID(), market: 'SE' };
  return (await load.call('POST', '/v1/users', body, undefined, url)).status === 201;
}

/** A task has begun and a job has been done since. */
async function hasWorked(url: string, since: Date): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const { rows } = await client.query<{ worked: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM scheduled_tasks WHERE last_started_at > $1)
          AND EXISTS (SELECT 1 FROM pgboss.job WHERE completed_on > $1 AND state = 'completed') AS worked`,
      [since],
    );
    return rows[0]?.worked ?? false;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** @returns milliseconds, or infinity. */
async function until(reached: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  while (performance.now() - began < PATIENCE_MS) {
    if (await reached()) return Math.round(performance.now() - began);
    await pause(50);
  }
  return Infinity;
}

async function longest(times: readonly Promise<number>[]): Promise<number> {
  return Math.max(...(await Promise.all(times)));
}

async function judge(
  report: Verdicts,
  stage: Stage,
  load: DurableLoad,
  recoveries: readonly { api: number; work: number }[],
): Promise<void> {
  for (const [name, times] of [
    ['the API writes again after', recoveries.map(({ api }) => api)],
    ['workers work again after', recoveries.map(({ work }) => work)],
  ] as const) {
    const value = Math.max(...times);
    report.add({
      id: 'R2',
      name,
      value,
      unit: 'ms at most',
      target: `≤ ${String(RECOVERY_MS)}`,
      met: value <= RECOVERY_MS,
    });
  }
  report.add({
    ...{ id: 'R2', name: 'writes refused with 503 and Retry-After while away', value: load.refusedAway, unit: '' },
    ...{ target: '≥ 1', met: load.refusedAway > 0 },
  });
  report.none('R2', 'writes answered otherwise while away', load.answeredAway);
  report.none('R2', 'answers that say nothing useful', sum(load.strange), `of ${String(sum(load.answers))}`);
  const kept = await inTurns(load.promised, 8, async (promised) => keeps(stage, load, promised));
  const of = `of ${String(kept.length)}`;
  report.none('R2', 'acknowledged writes lost', kept.filter(({ row }) => !row).length, of);
  report.none(
    'R2',
    'acknowledged writes that a repeat does not find',
    kept.filter(({ again }) => again !== '').length,
    of,
  );
  for (const again of new Set(kept.map((each) => each.again)))
    if (again !== '') report.note(`R2: a repeat got ${again}`);
  for (const [line, count] of load.strange) report.note(`R2: ${line}: ${String(count)}`);
  report.note(`R2: ${JSON.stringify(Object.fromEntries([...load.answers].sort()))}`);
}

/** Is its row there, and does whoever repeats the call get the same answer? Empty = yes. */
async function keeps(stage: Stage, load: DurableLoad, { path, key, body, id }: Promised) {
  const table = path === '/v1/users' ? 'users' : 'connections';
  const rows = await stage.rows.query(`SELECT id FROM ${table} WHERE id = $1`, [id]);
  const again = await load.call('POST', path, body, key);
  const code = `${String(again.status)} ${String(again.body['code'])}`;
  return { row: rows.length === 1, again: again.body['id'] === id ? '' : `${path} ${code}` };
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((all, one) => all + one, 0);
}
