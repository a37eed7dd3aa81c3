import { DataSource } from 'typeorm';

import { MIGRATIONS } from '../../migrations/all.js';
import { SyncPlanRepository } from '../../src/connections/persistence/sync-plan.repository.js';
import type { ProviderId } from '../../src/credentials/provider-id.js';
import { dataSourceOptions } from '../../src/platform/database/data-source-options.js';
import { freshDatabase } from './servers.js';

const TINK = 'tink' as ProviderId;
const LIMIT = 200;
const PER_USER = 20;
/** Of one provider, due and waiting at any time. */
const BACKLOG = 2_000;
const WARM = 20;
const HOLD_MS = 5 * 60_000;
/** Choices. PostgreSQL would do it when a fifth of the rows has changed. */
const VACUUM_EVERY = 10;

export interface Choosing {
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly bytesPerConnection: number;
}

/** A database with so many connections, three providers, five connections of each user. */
export class PlannedRows {
  private constructor(
    private readonly database: DataSource,
    private readonly rows: number,
    private readonly fresh: { readonly drop: () => Promise<void> },
  ) {}

  static async with(rows: number): Promise<PlannedRows> {
    const fresh = await freshDatabase();
    const options = dataSourceOptions(fresh.url, MIGRATIONS, {
      size: 2,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 240_000,
    });
    const database = new DataSource({ ...options, logging: false });
    const planned = new PlannedRows(database, rows, fresh);
    try {
      await database.initialize();
      await database.runMigrations({ transaction: 'each' });
      await planned.fill();
      return planned;
    } catch (error) {
      await planned.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.database.isInitialized) await this.database.destroy();
    await this.fresh.drop();
  }

  /** Of the table and all its indexes. */
  async bytesPerConnection(): Promise<number> {
    const [row] = await this.database.query<{ bytes: number }[]>(
      `SELECT pg_total_relation_size('connections')::float8 AS bytes`,
    );
    return (row?.bytes ?? 0) / this.rows;
  }

  /** Chooses once, at the time at which so many are due. @returns milliseconds */
  async choose(): Promise<number> {
    const now = await this.timeOf(BACKLOG);
    const heldUntil = new Date(now.getTime() + HOLD_MS);
    const query = { provider: TINK, now, limit: LIMIT, perUser: PER_USER, heldUntil };
    const plan = new SyncPlanRepository(this.database);
    const begun = performance.now();
    const due = await plan.claimDue(query);
    const ms = performance.now() - begun;
    if (due.length !== LIMIT) throw new Error(`${String(due.length)} were chosen instead of ${String(LIMIT)}.`);
    await this.moveOn(
      due.map(({ id }) => id),
      now,
    );
    await plan.pruneHolds(now, 10 * LIMIT);
    return ms;
  }

  /** What the database does by itself now and then. */
  async vacuum(): Promise<void> {
    await this.database.query('VACUUM ANALYZE connections, sync_holds');
  }

  private async timeOf(place: number): Promise<Date> {
    const [row] = await this.database.query<{ at: Date }[]>(
      `SELECT next_sync_at AS at FROM connections WHERE provider = $1 AND next_sync_at IS NOT NULL
        ORDER BY next_sync_at OFFSET $2 LIMIT 1`,
      [TINK, place],
    );
    if (!row) throw new RangeError('There are too few connections.');
    return row.at;
  }

  /** As their syncs do. */
  private async moveOn(ids: readonly string[], now: Date): Promise<void> {
    await this.database.query(
      `UPDATE connections SET next_sync_at = $2::timestamptz + interval '6 hours' WHERE id = ANY($1)`,
      [ids, now],
    );
  }

  /** Indexes are made afterwards: that takes half of the time and leaves them as small as a rebuild would. */
  private async fill(): Promise<void> {
    const runner = this.database.createQueryRunner();
    try {
      const indexes = (await runner.query(
        `SELECT indexname AS name, indexdef AS text FROM pg_indexes
          WHERE tablename = 'connections' AND indexname <> 'connections_pkey'`,
      )) as { name: string; text: string }[];
      await runner.query(`SET session_replication_role = replica`);
      await runner.query(`SET synchronous_commit = off`);
      await runner.query(`SET maintenance_work_mem = '256MB'`);
      for (const { name } of indexes) await runner.query(`DROP INDEX ${name}`);
      await runner.query(USERS, [Math.ceil(this.rows / 5)]);
      await runner.query(CONNECTIONS, [this.rows]);
      for (const { text } of indexes) await runner.query(text);
      await runner.query(`SET session_replication_role = DEFAULT`);
    } finally {
      await runner.release();
    }
    await this.vacuum();
  }
}

/** In turns, so that what else the machine does meets both. */
export async function choosing(small: PlannedRows, large: PlannedRows, times: number): Promise<[Choosing, Choosing]> {
  const [few, many]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < times + WARM; turn += 1) {
    if (turn % VACUUM_EVERY === 0) for (const rows of [small, large]) await rows.vacuum();
    const [one, other] = [await small.choose(), await large.choose()];
    if (turn < WARM) continue;
    few.push(one);
    many.push(other);
  }
  return [await summary(few, small), await summary(many, large)];
}

async function summary(times: readonly number[], rows: PlannedRows): Promise<Choosing> {
  const bytesPerConnection = await rows.bytesPerConnection();
  return { p50: percentile(times, 0.5), p95: percentile(times, 0.95), bytesPerConnection };
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

const USERS = `
  INSERT INTO users (id, external_user_id, created_at)
  SELECT md5('user ' || n)::uuid, 'user-' || n, now() FROM generate_series(1, $1) AS n`;

/** Sealed values and hashes have their real lengths. Plans are spread as the product spreads them. */
const CONNECTIONS = `
  INSERT INTO connections (id, user_id, external_user_id, provider, institution_id, institution_name,
    credential_sealed, credential_lookup, fingerprint, state, cause, state_since, provider_status, provider_status_at,
    data_as_of, last_attempt_at, last_success_at, next_sync_at, next_watch_at, version, created_at, updated_at)
  SELECT gen_random_uuid(), md5('user ' || 1 + n / 5)::uuid, 'user-' || 1 + n / 5,
    (ARRAY['tink', 'flanks', 'flinks'])[1 + n % 3], 'se-demobank-password', 'Demo Bank',
    'v1.bench.' || left(md5(n::text), 16) || '.' || md5('a' || n) || md5('b' || n),
    left(md5('c' || n) || md5('d' || n), 43), left(md5('e' || n) || md5('f' || n), 43),
    'active', 'none', now() - interval '3 days', 'UPDATED', now(), now(), now(), now(),
    date_trunc('milliseconds', now() + random() * interval '6 hours'), NULL,
    3, now() - interval '90 days', now()
    FROM generate_series(0, $1 - 1) AS n`;
