import { setTimeout as pause } from 'node:timers/promises';

import type { Mooring } from './mooring.js';
import { PROVIDERS } from './simulated/desk.js';
import { Stage } from './stage.js';
import type { Verdicts } from './verdicts.js';

const WORKERS = 3;
const LATENCY_MS = 200;
const QUOTA = 4;
/** Claims of the dead end after 40 s, their jobs after 60 s, and what was lost is planned again after 5 minutes. */
const PATIENCE_MS = 8 * 60_000;
/** For each check, however long those before it took. */
const LEAST_PATIENCE_MS = 2 * 60_000;
/** The watcher reads what the dead left within this. */
const LEASE_GRACE = '90 seconds';

export interface KillsOptions {
  readonly kills: number;
  readonly connections: number;
}

/** R1: workers are killed in the middle of refreshes. Nothing is done twice, lost or left. */
export async function killsDuringSync(report: Verdicts, { kills, connections }: KillsOptions): Promise<void> {
  const stage = await Stage.open({
    stepMs: 250,
    // Every connection is refreshed each minute until its quota is used up, so that every kill meets some.
    env: { MOORING_REFRESH_EVERY_MS: '60000', MOORING_READ_EVERY_MS: '60000', MOORING_SYNC_CONCURRENCY: '6' },
  });
  try {
    const began = new Date();
    const ids = await prepare(stage, connections);
    const workers = await stage.start(...Array.from({ length: WORKERS }, () => 'worker' as const));
    const firstRound = await killAll(workers, kills);
    report.note(`R1: ${String(kills)} kills in ${String(Math.round(firstRound / 1000))} s`);
    await judge(report, stage, ids, began);
    for (const worker of workers) await worker.stop();
  } finally {
    await stage.close();
  }
}

async function prepare(stage: Stage, connections: number): Promise<number> {
  const due = new Date();
  const [flanks, flinks] = [Math.floor(connections / 10), Math.floor(connections / 10)];
  await stage.connect('tink', connections - flanks - flinks, due);
  await stage.connect('flanks', flanks, due);
  await stage.connect('flinks', flinks, due);
  for (const provider of PROVIDERS) {
    const action = { kind: 'delay', ms: LATENCY_MS } as const;
    await stage.simulator(provider).call('fault', { path: '.', times: null, action });
  }
  return connections;
}

/** @returns milliseconds */
async function killAll(workers: readonly Mooring[], kills: number): Promise<number> {
  const began = performance.now();
  const starting = new Map<Mooring, Promise<unknown>>();
  for (let kill = 0; kill < kills; kill += 1) {
    await pause(500 + Math.random() * 2_000);
    const victim = workers[Math.floor(Math.random() * workers.length)];
    if (!victim) throw new RangeError('There are no workers.');
    await victim.kill();
    // Who is killed while it starts is started again all the same.
    await starting.get(victim);
    starting.set(
      victim,
      victim.start().catch((error: unknown) => {
        console.error(error);
      }),
    );
  }
  await Promise.all(starting.values());
  return performance.now() - began;
}

const UNSYNCED = `SELECT count(*) FROM connections
  WHERE state <> 'active' OR last_success_at IS NULL OR last_success_at < $1`;
const HELD = `SELECT count(*) FROM connections WHERE lease_until < now() - interval '${LEASE_GRACE}'`;
const WAITING = `SELECT count(*) FROM pgboss.job WHERE state < 'completed' AND name <> 'dead'`;
const OVERDUE = `SELECT count(*) FROM connections WHERE deleted_at IS NULL
  AND least(next_sync_at, next_watch_at) < now() - interval '30 seconds'`;
const OPEN_ATTEMPTS = `SELECT count(*) FROM refresh_attempts WHERE finished_at IS NULL`;
const UNLOADED = `SELECT count(*) FROM connections c LEFT JOIN data_readings r ON r.connection_id = c.id
  WHERE r.loaded_at IS NULL OR r.claimed_until < now() - interval '60 seconds'`;

async function judge(report: Verdicts, stage: Stage, connections: number, began: Date): Promise<void> {
  const settling = performance.now();
  const left = async (name: string, sql: string, parameters: unknown[] = []): Promise<void> => {
    const patience = Math.max(LEAST_PATIENCE_MS, PATIENCE_MS - (performance.now() - settling));
    await stage.none(sql, patience, parameters);
    const count = await stage.rows.number(sql, parameters);
    report.none('R1', name, count, `of ${String(connections)}`);
  };
  await left('connections not synced', UNSYNCED, [began]);
  await left('claims held past their lease', HELD);
  await left('attempts without an end', OPEN_ATTEMPTS);
  await left('connections without their data', UNLOADED);
  await left('connections overdue', OVERDUE);
  // Otherwise the next minute's syncs are always in the queue.
  await stage.rows.query(`UPDATE scheduled_tasks SET enabled = false WHERE name = 'plan-syncs'`);
  await left('jobs left in the queues', WAITING);
  report.note(`R1: settled ${String(Math.round((performance.now() - settling) / 1000))} s after the last kill`);
  await judgeRefreshes(report, stage);
}

async function judgeRefreshes(report: Verdicts, stage: Stage): Promise<void> {
  const overlap = Math.max(
    await stage.simulator('tink').call('overlap'),
    await stage.simulator('flinks').call('overlap'),
  );
  report.add({
    ...{ id: 'R1', name: 'refreshes of one credential at once', value: overlap, unit: 'at most' },
    ...{ target: '1', met: overlap === 1 },
  });
  const [most] = await stage.rows.query<{ most: number; all: number; abandoned: number }>(
    `SELECT max(n)::int AS most, sum(n)::int AS all, sum(abandoned)::int AS abandoned FROM (
       SELECT count(*) AS n, count(*) FILTER (WHERE outcome = 'abandoned') AS abandoned
         FROM refresh_attempts WHERE spent AND NOT attended GROUP BY connection_id) each`,
  );
  const spent = most?.most ?? 0;
  report.add({
    ...{ id: 'R1', name: 'unattended refreshes of one connection in a day', value: spent, unit: 'at most' },
    ...{ target: String(QUOTA), met: spent > 0 && spent <= QUOTA },
  });
  const dead = await stage.rows.number(`SELECT count(*) FROM pgboss.job WHERE name = 'dead'`);
  const abandoned = most?.abandoned ?? 0;
  report.note(`R1: ${String(most?.all)} refreshes, ${String(abandoned)} cut short, ${String(dead)} dead letters`);
  // A run in which no kill met a refresh would prove nothing.
  report.add({
    ...{ id: 'R1', name: 'refreshes cut short by a kill', value: abandoned, unit: '' },
    ...{ target: '≥ 1', met: abandoned > 0 },
  });
}
