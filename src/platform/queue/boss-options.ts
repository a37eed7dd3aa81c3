import { systemClock, type ConstructorOptions } from 'pg-boss';

import type { DatabaseBackend } from '../../config/slices.js';

export const QUEUE_SCHEMA = 'pgboss';
/** Where every kind's jobs go after their last attempt; each knows the queue it came from. */
export const DEAD_LETTERS = 'dead';

/** A job whose process was killed is noticed this long after its time is over, at the latest twice. */
const SUPERVISE_EVERY_S = 5;
const DELETE_EVERY_S = 60;
/** We use no flows; pg-boss would ask for them every five seconds. */
const FLOW_EVERY_S = 3_600;

const STATEMENT_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 5_000;

export interface BossSetting {
  readonly url: string;
  readonly backend: DatabaseBackend;
  /** Whether this process looks after the queues: expired jobs, deletion, counts. */
  readonly supervise: boolean;
}

/** pg-boss hands these through to its pool. */
interface PoolOptions {
  readonly statement_timeout: number;
  readonly query_timeout: number;
  readonly keepAlive: boolean;
}

export function bossOptions({ url, backend, supervise }: BossSetting): ConstructorOptions {
  const pool: PoolOptions = {
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + 2_000,
    keepAlive: true,
  };
  const embedded = backend === 'pglite';
  return {
    ...pool,
    connectionString: url,
    application_name: 'mooring-queue',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    max: embedded || !supervise ? 2 : 4,
    schema: QUEUE_SCHEMA,
    backend,
    schedule: false,
    supervise,
    superviseIntervalSeconds: SUPERVISE_EVERY_S,
    monitorIntervalSeconds: SUPERVISE_EVERY_S,
    maintenanceIntervalSeconds: DELETE_EVERY_S,
    flowIntervalSeconds: FLOW_EVERY_S,
    // The embedded database has one session, which an index that is made anew would hold.
    reindex: !embedded,
    monitorVacuum: !embedded,
    clock: { ...systemClock, setTimeout: unheldTimeout, setInterval: unheldInterval },
  };
}

/** Nobody should have to wait for pg-boss's timers to end a process. */
function unheldTimeout(run: () => void, ms: number): NodeJS.Timeout {
  return setTimeout(run, ms).unref();
}

function unheldInterval(run: () => void, ms: number): NodeJS.Timeout {
  return setInterval(run, ms).unref();
}
