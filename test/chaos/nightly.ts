import { setTimeout as pause } from 'node:timers/promises';

import { compareStates, compareTotals, countBehind, type Known } from './nightly-checks.js';
import { PROVIDERS, type Mishap, type ProviderName } from './simulated/desk.js';
import { Stage } from './stage.js';
import type { Verdicts } from './verdicts.js';

const FAULT_SHARE = 0.02;
const MISHAP_SHARE = 0.02;
const MISHAPS: readonly Mishap[] = ['wrong-login', 'sca', 'bank-down'];

export interface NightlyOptions {
  readonly connections: number;
  /** Milliseconds from one sync of a connection to the next. */
  readonly everyMs: number;
  /** Of trouble. */
  readonly seconds: number;
  /** Of one provider that is away in the middle of it. */
  readonly outageSeconds: number;
  /** Longest time that everything has to come right again. */
  readonly patienceMs: number;
}

/** Thousands of connections, a few in a hundred calls that fail, trouble at banks, and an outage. Then everything must be right. */
export async function nightly(report: Verdicts, options: NightlyOptions): Promise<void> {
  const stage = await Stage.open({
    stepMs: 200,
    env: { MOORING_REFRESH_EVERY_MS: String(options.everyMs), MOORING_READ_EVERY_MS: String(options.everyMs) },
    // Millions of rows are written, and the statistics of the tables must follow.
    ownServer: true,
  });
  try {
    const began = performance.now();
    const known = await connectAll(stage, options.connections);
    report.note(`N: ${String(options.connections)} connections made in ${seconds(began)} s`);
    await stage.start('worker', 'worker');
    await trouble(report, stage, known, options);
    const calm = performance.now();
    const synced = await comeRight(stage, known, options.patienceMs);
    report.note(`N: all synced ${synced === null ? 'never' : `after ${String(Math.round(synced / 1000))} s`}`);
    report.note(`N: right ${seconds(calm)} s after the trouble, all in all ${seconds(began)} s`);
    await judge(report, stage, known);
  } finally {
    await stage.close();
  }
}

async function connectAll(stage: Stage, connections: number): Promise<Known> {
  const known = new Map<ProviderName, Map<string, string>>();
  const share = Math.floor(connections / PROVIDERS.length);
  for (const provider of PROVIDERS) {
    const count = provider === 'tink' ? connections - share * (PROVIDERS.length - 1) : share;
    known.set(provider, await stage.connect(provider, count, new Date()));
  }
  return known;
}

async function trouble(report: Verdicts, stage: Stage, known: Known, options: NightlyOptions): Promise<void> {
  for (const provider of PROVIDERS) await stage.simulator(provider).call('shower', FAULT_SHARE);
  const third = (options.seconds * 1000) / 3;
  await pause(third);
  let befallen = 0;
  for (const provider of PROVIDERS)
    befallen += await befall(stage, provider, [...(known.get(provider)?.values() ?? [])]);
  await pause(third / 2);
  const away = stage.simulator('flanks');
  await away.call('calm');
  await away.call('fault', { path: '.', times: null, action: { kind: 'reset' } });
  await pause(options.outageSeconds * 1000);
  await away.call('calm');
  await away.call('shower', FAULT_SHARE);
  await pause(third * 1.5);
  let faults = 0;
  for (const provider of PROVIDERS) {
    faults += await stage.simulator(provider).call('showered');
    await stage.simulator(provider).call('calm');
  }
  report.note(
    `N: ${String(faults)} faults, ${String(befallen)} mishaps at banks, flanks away for ${String(options.outageSeconds)} s`,
  );
}

async function befall(stage: Stage, provider: ProviderName, ids: readonly string[]): Promise<number> {
  const unlucky = ids.filter(() => Math.random() < MISHAP_SHARE);
  for (const [index, mishap] of MISHAPS.entries()) {
    const share = unlucky.filter((_, place) => place % MISHAPS.length === index);
    await stage.simulator(provider).call('befall', { ids: share, mishap });
  }
  return unlucky.length;
}

const UNLOADED = `SELECT count(*) FROM connections c LEFT JOIN data_readings r ON r.connection_id = c.id
  WHERE c.state = 'active' AND (r.loaded_as_of IS NULL OR r.loaded_as_of < c.data_as_of)`;

/** Healthy connections that were not synced since, and those that the next refresh has in motion. */
const BEHIND = `SELECT count(*) FROM connections
  WHERE state = 'active' AND (last_success_at IS NULL OR last_success_at < $1)`;

/**
 * What waits for minutes after a failure does not wait here: the plan is moved as time would move it. Once all were
 * synced nothing more is planned, or some refresh would always be under way.
 * @returns milliseconds until all were synced, `null` = never.
 */
async function comeRight(stage: Stage, known: Known, patienceMs: number): Promise<number | null> {
  const [{ now } = { now: new Date() }] = await stage.rows.query<{ now: Date }>('SELECT now()');
  const calm = performance.now();
  const until = calm + patienceMs;
  await hurry(stage, ['next_sync_at', 'next_watch_at']);
  while (performance.now() < until && (await stage.rows.number(BEHIND, [now])) > 0) {
    await pause(5_000);
    await hurry(stage, ['next_watch_at']);
  }
  const synced = performance.now() < until ? performance.now() - calm : null;
  await stage.rows.query(`UPDATE scheduled_tasks SET enabled = false WHERE name = 'plan-syncs'`);
  while (performance.now() < until) {
    if ((await countBehind(stage, known)) + (await stage.rows.number(UNLOADED)) === 0) return synced;
    await hurry(stage, ['next_watch_at']);
    await pause(5_000);
  }
  return synced;
}

async function hurry(stage: Stage, columns: readonly ('next_sync_at' | 'next_watch_at')[]): Promise<void> {
  for (const column of columns) {
    await stage.rows.query(
      `UPDATE connections SET ${column} = now() + random() * interval '5 seconds'
        WHERE ${column} > now() + interval '30 seconds'
          AND (state IN ('active', 'retrying') OR cause = 'unknown')`,
    );
  }
  await stage.rows.query(
    `UPDATE data_readings SET next_attempt_at = now() WHERE next_attempt_at > now() + interval '5 seconds'`,
  );
}

async function judge(report: Verdicts, stage: Stage, known: Known): Promise<void> {
  await compareStates(report, stage, known);
  const unloaded = await stage.rows.number(UNLOADED);
  report.none('N', 'healthy connections whose newest data were not loaded', unloaded);
  await compareTotals(report, stage, known);
  const overlap = await stage.simulator('tink').call('overlap');
  report.add({
    ...{ id: 'N', name: 'refreshes of one credential at once', value: overlap, unit: 'at most', target: '1' },
    met: overlap === 1,
  });
  const states = await stage.rows.query(
    `SELECT provider, state, count(*)::int FROM connections GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  report.note(`N: ${JSON.stringify(states)}`);
}

function seconds(since: number): string {
  return String(Math.round((performance.now() - since) / 1000));
}
