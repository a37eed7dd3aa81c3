import { setTimeout as pause } from 'node:timers/promises';

import { cpuSeconds, type Running } from './servers.js';
import { PROVIDERS, type BenchPerson, type BenchProvider } from './sync-states.js';
import type { SyncWorld } from './sync-world.js';

/** Provider calls that one sync makes, one after the other, in a process that knows no token of the user. */
export const CALLS: Readonly<Record<BenchProvider, number>> = {
  // The grant, its exchange, the status.
  tink: 3,
  flanks: 1,
  // A token for one use, then the stored answer.
  flinks: 2,
};

export interface Span {
  readonly connections: number;
  /** From the beginning of the first to the end of the last. */
  readonly seconds: number;
}

/** What all the work of a round cost. */
export interface Cost {
  readonly mooringCpu: number;
  readonly postgresCpu: number;
  readonly simulatorsCpu: number;
  readonly walBytes: number;
  readonly transactions: number;
}

export type Chosen = Readonly<Record<BenchProvider, readonly BenchPerson[]>>;

/** Makes connections due and tells from the database when the first began and the last ended. */
export class SyncRound {
  private since = new Date();

  constructor(private readonly world: SyncWorld) {}

  /** @param old with data of days ago, so that Tink is asked to fetch; else everybody's is an hour old. */
  async begin(chosen: Chosen, { old = false } = {}): Promise<void> {
    const [row] = await this.world.query<{ now: Date }>(`SELECT clock_timestamp() AS now`);
    this.since = row?.now ?? new Date();
    for (const provider of PROVIDERS) {
      await this.world.query(
        `UPDATE connections SET next_sync_at = $1, observed_at = NULL, last_success_at = NULL,
           data_as_of = CASE WHEN $4 THEN $1::timestamptz - interval '2 days' ELSE data_as_of END
          WHERE provider = $2 AND user_id = ANY ($3)`,
        [this.since, provider, chosen[provider].map(({ userId }) => userId), old],
      );
    }
  }

  /** Until each was synced; those that were refreshed are also read again, and are active. */
  async settled(): Promise<void> {
    await this.world.none(
      `SELECT 1 FROM connections WHERE last_success_at IS NULL OR state <> 'active' OR next_sync_at <= now() LIMIT 1`,
    );
  }

  /** Until no job is left. */
  async quiet(): Promise<void> {
    await this.world.none(`SELECT 1 FROM pgboss.job WHERE state < 'completed' LIMIT 1`);
    await this.world.none(`SELECT 1 FROM connections WHERE state <> 'active' LIMIT 1`);
    await this.world.none(`SELECT 1 FROM pgboss.job WHERE state < 'completed' LIMIT 1`);
  }

  /** From the first call to a provider until each is known as the provider has it; of one provider or of all. */
  async span(provider?: BenchProvider): Promise<Span> {
    const [row] = await this.world.query<Span>(
      `SELECT count(*)::int AS connections,
         extract(epoch FROM max(last_success_at) - least(min(observed_at),
           (SELECT min(started_at) FROM refresh_attempts WHERE started_at >= $1)))::float8 AS seconds
         FROM connections WHERE last_success_at >= $1 AND provider = coalesce($2, provider)`,
      [this.since, provider ?? null],
    );
    return row ?? NONE;
  }

  /** What a round left undone does not disturb the next one. Nobody may be at work. */
  async forget(): Promise<void> {
    await this.world.query(`DELETE FROM pgboss.job`);
    await this.world.query(`DELETE FROM refresh_attempts`);
    await this.world.query(
      `UPDATE connections SET state = 'active', cause = 'none', session_sealed = NULL, lease_until = NULL,
         next_watch_at = NULL, next_sync_at = now() + interval '1 day', last_success_at = now(), consecutive_failures = 0
        WHERE state <> 'active' OR next_sync_at < now() + interval '1 hour' OR last_success_at IS NULL`,
    );
  }
}

const NONE: Span = { connections: 0, seconds: Number.NaN };

/** Counts what everybody uses from now on. @returns what it came to, when asked */
export async function metered(world: SyncWorld, workers: readonly Running[]): Promise<() => Promise<Cost>> {
  const before = await reading(world, workers);
  return async () => {
    // PostgreSQL publishes its counters once a second at most.
    await pause(1_100);
    const after = await reading(world, workers);
    const gone = [...after.backends].reduce((sum, [pid, cpu]) => sum + cpu - (before.backends.get(pid) ?? 0), 0);
    return {
      mooringCpu: after.mooring - before.mooring,
      postgresCpu: gone,
      simulatorsCpu: after.simulators - before.simulators,
      walBytes: after.wal - before.wal,
      transactions: after.transactions - before.transactions,
    };
  };
}

interface Reading {
  readonly mooring: number;
  readonly simulators: number;
  readonly backends: ReadonlyMap<number, number>;
  readonly wal: number;
  readonly transactions: number;
}

async function reading(world: SyncWorld, workers: readonly Running[]): Promise<Reading> {
  const pids = await world.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database()`,
  );
  const backends = new Map<number, number>();
  for (const { pid } of pids) backends.set(pid, await cpuSeconds(pid));
  const [row] = await world.query<{ wal: number; transactions: number }>(
    `SELECT (pg_current_wal_lsn() - '0/0')::float8 AS wal,
       (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database())::float8 AS transactions`,
  );
  return {
    mooring: await sumOf(workers),
    simulators: await sumOf([...world.simulators.values()]),
    backends,
    wal: row?.wal ?? 0,
    transactions: row?.transactions ?? 0,
  };
}

async function sumOf(processes: readonly Running[]): Promise<number> {
  let sum = 0;
  for (const each of processes) sum += await each.cpuSeconds();
  return sum;
}
