import { setTimeout as pause } from 'node:timers/promises';

import type { Mooring } from './mooring.js';
import { PROVIDERS, type ProviderName } from './simulated/desk.js';
import { Stage } from './stage.js';
import type { Verdicts } from './verdicts.js';

const EVERY_MS = 60_000;
const SETTLED_MS = 300_000;
/** A turn comes at most 1.25 rhythms after the last; a loaded machine may be late. */
const LATEST_MS = 1.25 * EVERY_MS + 30_000;

export interface OutageOptions {
  readonly seconds: number;
  readonly connections: number;
}

/** R3: everything at one provider answers 503, then everything works again. */
export async function providerOutage(report: Verdicts, { seconds, connections }: OutageOptions): Promise<void> {
  const stage = await Stage.open({
    stepMs: 200,
    env: { MOORING_REFRESH_EVERY_MS: String(EVERY_MS), MOORING_READ_EVERY_MS: String(EVERY_MS) },
  });
  try {
    for (const provider of PROVIDERS) await stage.connect(provider, connections, new Date());
    const workers = await stage.start('worker', 'worker');
    await stage.none(`SELECT count(*) FROM connections WHERE last_success_at IS NULL`, SETTLED_MS);
    const down: ProviderName = 'tink';
    const began = await stage.rows.query<{ now: Date }>('SELECT now()');
    await stage.simulator(down).call('fault', { path: '.', times: null, action: { kind: 'respond', status: 503 } });
    const { latest, opened } = await watchOutage(stage, workers, down, seconds);
    await stage.simulator(down).call('calm');
    await judge(report, stage, { down, began: began[0]?.now ?? new Date(), latest, opened, connections });
  } finally {
    await stage.close();
  }
}

/** @returns how long a healthy connection of another provider was not synced at most, and how many circuits were open. */
async function watchOutage(stage: Stage, workers: readonly Mooring[], down: ProviderName, seconds: number) {
  const until = performance.now() + seconds * 1000;
  let [latest, opened] = [0, 0];
  while (performance.now() < until) {
    await pause(2_000);
    const late = await stage.rows.number(
      `SELECT coalesce(max(extract(epoch FROM now() - last_success_at)) * 1000, 0)
         FROM connections WHERE provider <> $1`,
      [down],
    );
    latest = Math.max(latest, late);
    opened = Math.max(opened, await openCircuits(workers, down));
  }
  return { latest: Math.round(latest), opened };
}

/** Processes whose circuit to the provider is open now. */
async function openCircuits(workers: readonly Mooring[], provider: ProviderName): Promise<number> {
  let count = 0;
  for (const { url } of workers) {
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const line of text.split('\n')) {
      if (!line.startsWith('mooring_provider_circuit{')) continue;
      if (line.includes(`provider="${provider}"`) && line.includes('state="open"'))
        count += Number(line.split(' ').at(-1));
    }
  }
  return count;
}

interface Seen {
  readonly down: ProviderName;
  readonly began: Date;
  readonly latest: number;
  readonly opened: number;
  readonly connections: number;
}

async function judge(
  report: Verdicts,
  stage: Stage,
  { down, began, latest, opened, connections }: Seen,
): Promise<void> {
  const ended = (await stage.rows.query<{ now: Date }>('SELECT now()'))[0]?.now ?? new Date();
  report.add({
    ...{
      id: 'R3',
      name: 'processes whose circuit was open at the same time',
      value: opened,
      unit: '',
      target: '≥ 1',
      met: opened > 0,
    },
  });
  report.add({
    ...{ id: 'R3', name: 'a connection of another provider was not synced for', value: latest, unit: 'ms at most' },
    ...{ target: `≤ ${String(LATEST_MS)}`, met: latest <= LATEST_MS },
  });
  // What could not be reached waits five to ten minutes, and a day when its four refreshes are used up. Here that passes at once.
  await stage.rows.query(
    `UPDATE connections SET next_sync_at = now() + random() * interval '5 seconds'
      WHERE provider = $1 AND next_sync_at > now() + interval '3 minutes'`,
    [down],
  );
  const behind = `SELECT count(*) FROM connections WHERE state <> 'active' OR last_success_at < $1`;
  const took = await stage.none(behind, SETTLED_MS, [ended]);
  const left = await stage.rows.number(behind, [ended]);
  report.none('R3', 'connections not synced afterwards', left, `of ${String(3 * connections)}`);
  report.note(`R3: all synced ${took === null ? 'never' : `after ${String(Math.round(took / 1000))} s`}`);
  const fallen = await stage.rows.number(
    `SELECT count(*) FROM connection_events WHERE at >= $1 AND to_state IN ('blocked', 'failed', 'reauth_required')`,
    [began],
  );
  report.none('R3', 'connections turned blocked or failed', fallen);
}
