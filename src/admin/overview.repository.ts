import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { FRESHNESS_MS } from '../connections/domain/clocks.js';

const DAY_MS = 24 * 3_600_000;
const DAYS = 90;
const MOST_DELIVERIES = 100_000;

export interface StateCount {
  readonly provider: string;
  readonly state: string;
  readonly cause: string;
  readonly connections: number;
  readonly paused: number;
  readonly stale: number;
  readonly neverSynced: number;
  readonly overdueSyncs: number;
}

export interface ConsentDay {
  readonly day: string;
  readonly connections: number;
}

export interface Counts {
  readonly states: readonly StateCount[];
  /** Every day, also those on which none ends. */
  readonly consentDays: readonly ConsentDay[];
}

export interface UserDeletions {
  readonly waiting: number;
  /** When the one that waits longest was asked for. */
  readonly oldestSince: Date | null;
}

type Row = StateCount & { readonly day: string | null };

/** Counts over everything. */
@Injectable()
export class OverviewRepository {
  constructor(private readonly database: DataSource) {}

  /** One pass over the connections, for states and days together. */
  async connections(now: Date): Promise<Counts> {
    const today = startOfDay(now);
    const end = new Date(today.getTime() + DAYS * DAY_MS);
    const rows = await this.database.query<Row[]>(
      `SELECT provider, state, cause, to_char(day, 'YYYY-MM-DD') AS day, count(*)::int AS connections,
         count(*) FILTER (WHERE sync_paused_at IS NOT NULL)::int AS paused,
         count(*) FILTER (WHERE data_as_of < $3)::int AS stale,
         count(*) FILTER (WHERE data_as_of IS NULL)::int AS "neverSynced",
         count(*) FILTER (WHERE next_sync_at <= $4 AND sync_paused_at IS NULL)::int AS "overdueSyncs"
       FROM (
         SELECT provider, state, cause, sync_paused_at, data_as_of, next_sync_at,
           CASE WHEN consent_expires_at >= $1 AND consent_expires_at < $2
                THEN (consent_expires_at AT TIME ZONE 'UTC')::date END AS day
         FROM connections WHERE deleted_at IS NULL) AS live
       GROUP BY GROUPING SETS ((provider, state, cause), (day))
       ORDER BY provider, state, cause`,
      [today, end, new Date(now.getTime() - FRESHNESS_MS), now],
    );
    const ending = new Map(rows.flatMap(({ day, connections }) => (day === null ? [] : [[day, connections]])));
    const consentDays = Array.from({ length: DAYS }, (_none, index) => {
      const day = new Date(today.getTime() + index * DAY_MS).toISOString().slice(0, 10);
      return { day, connections: ending.get(day) ?? 0 };
    });
    // A connection without a day in range is in a group of its own, which names neither provider nor day.
    const states = rows.filter(({ provider }: { provider: string | null }) => provider !== null);
    return { states: states.map(({ day: _day, ...count }) => count), consentDays };
  }

  async openAccountMatches(): Promise<number> {
    return this.count(`SELECT count(*)::int AS count FROM account_match_questions WHERE resolved_at IS NULL`);
  }

  async pendingDeliveries(): Promise<number> {
    return this.count(
      `SELECT count(*)::int AS count FROM (
         SELECT 1 FROM webhook_deliveries WHERE status = 'pending' LIMIT ${MOST_DELIVERIES}) AS pending`,
    );
  }

  async userDeletions(): Promise<UserDeletions> {
    // By the index of what is to be tried again; nobody has that time after the burial.
    const [row] = await this.database.query<UserDeletions[]>(
      `SELECT count(*)::int AS waiting, min(deletion_requested_at) AS "oldestSince"
         FROM users WHERE deletion_due_at IS NOT NULL`,
    );
    return row ?? { waiting: 0, oldestSince: null };
  }

  private async count(sql: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }[]>(sql);
    return row?.count ?? 0;
  }
}

function startOfDay(now: Date): Date {
  return new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS);
}
