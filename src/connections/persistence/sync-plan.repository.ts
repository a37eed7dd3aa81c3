import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { ProviderId } from '../../credentials/provider-id.js';

export interface DueSync {
  readonly id: string;
  /** The plan that is carried out: it holds as long as it stands in the connection. */
  readonly dueAt: Date;
}

export interface DueQuery {
  readonly provider: ProviderId;
  readonly now: Date;
  readonly limit: number;
  /** Of one user's connections at most this many at a time, so that one with thousands holds up nobody. */
  readonly perUser: number;
  /** What is taken is not taken again before; a job that was lost is found then. */
  readonly heldUntil: Date;
}

/** Candidates are read from the index alone. */
const CANDIDATES_PER_PLACE = 3;
/** The rest of a crowd makes room for others. */
const CROWD_LATER_MS = 30_000;

/** `OFFSET 0` has each candidate looked up among the holds: joined with all of them, a choice grows with their number. */
const CLAIM = `
  WITH oldest AS MATERIALIZED (
      SELECT c.id, c.user_id, c.next_sync_at FROM connections c
       WHERE c.provider = $1 AND c.next_sync_at IS NOT NULL AND c.next_sync_at <= $2 AND c.sync_paused_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM sync_holds h
                          WHERE h.connection_id = c.id AND h.due_at = c.next_sync_at AND h.until > $2 OFFSET 0)
       ORDER BY c.next_sync_at LIMIT $3),
    turns AS (
      SELECT id, next_sync_at, row_number() OVER (PARTITION BY user_id ORDER BY next_sync_at, id) AS turn FROM oldest),
    places AS (
      SELECT id, next_sync_at, $6::timestamptz AS until FROM turns WHERE turn <= $4 ORDER BY turn, next_sync_at LIMIT $5),
    crowd AS (
      SELECT id, next_sync_at, $7::timestamptz AS until FROM turns
       WHERE turn > $4 AND (SELECT count(*) FROM turns) = $3 AND (SELECT count(*) FROM turns WHERE turn <= $4) < $5)
  INSERT INTO sync_holds AS h (connection_id, due_at, until)
    SELECT id, next_sync_at, until FROM (TABLE places UNION ALL TABLE crowd) AS taken ORDER BY id
    ON CONFLICT (connection_id) DO UPDATE SET due_at = excluded.due_at, until = excluded.until
      WHERE h.until <= $2 OR h.due_at <> excluded.due_at
    RETURNING connection_id AS id, due_at AS "dueAt", until = $6 AS chosen`;

/** When connections are synced next. Not their state: any process may plan. */
@Injectable()
export class SyncPlanRepository {
  constructor(private readonly database: DataSource) {}

  /** Takes due connections of a provider, oldest first, users in turn. Cheap at any size: one short index scan. */
  async claimDue({ provider, now, limit, perUser, heldUntil }: DueQuery): Promise<DueSync[]> {
    const rows = await this.database.query<(DueSync & { chosen: boolean })[]>(CLAIM, [
      ...[provider, now, limit * CANDIDATES_PER_PLACE, perUser, limit, heldUntil],
      new Date(now.getTime() + CROWD_LATER_MS),
    ]);
    return rows.filter(({ chosen }) => chosen).map(({ id, dueAt }) => ({ id, dueAt }));
  }

  /** Of a sync that is over without the connection having been written; another plan stays. */
  async replan(id: string, plannedFor: Date, at: Date): Promise<void> {
    await this.database.query(`UPDATE connections SET next_sync_at = $3 WHERE id = $1 AND next_sync_at = $2`, [
      id,
      plannedFor,
      at,
    ]);
  }

  /** Due and not yet taken, counted up to `most`. */
  async countDue(provider: ProviderId, now: Date, most: number): Promise<number> {
    const [row] = await this.database.query<{ due: number }[]>(
      `SELECT count(*)::integer AS due FROM (
         SELECT 1 FROM connections WHERE provider = $1 AND next_sync_at IS NOT NULL AND next_sync_at <= $2
            AND sync_paused_at IS NULL LIMIT $3) AS counted`,
      [provider, now, most],
    );
    return row?.due ?? 0;
  }

  /** Holds that nobody needs any more. @returns how many were removed, at most `limit`. */
  async pruneHolds(before: Date, limit: number): Promise<number> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `DELETE FROM sync_holds WHERE ctid IN (SELECT ctid FROM sync_holds WHERE until < $1 LIMIT $2)`,
      [before, limit],
    );
    return count;
  }
}
