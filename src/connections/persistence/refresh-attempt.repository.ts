import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { Trigger } from '../domain/connection-event.js';

const DAY_MS = 24 * 3_600_000;

export interface NewRefreshAttempt {
  readonly id: string;
  readonly connectionId: string;
  /** The claim under which it is made. */
  readonly fence: number;
  /** With the user present. */
  readonly attended: boolean;
  readonly trigger: Trigger;
  /** Of the decision to refresh. */
  readonly reason: string;
  readonly startedAt: Date;
}

export type Reservation =
  { readonly kind: 'reserved' } | { readonly kind: 'exhausted'; readonly retryAt: Date; readonly limit: number };

/** How an attempt ended, as far as we know. */
export interface AttemptEnd {
  /** `accepted`, or the code of the refusal. */
  readonly outcome: string;
  /** False = the provider certainly did nothing: it does not count against the quota. */
  readonly spent: boolean;
  readonly at: Date;
}

/**
 * Attempts to have the bank asked, written down before the call. They are the quota ledger too: what was spent in the
 * last 24 hours is counted, with the user and without apart.
 */
@Injectable()
export class RefreshAttemptRepository {
  constructor(private readonly database: DataSource) {}

  /**
   * Whoever calls holds the claim on the connection, so that nobody else counts at the same time.
   * @param limit attempts in a rolling day; `null` = counted, not limited.
   */
  async reserve(attempt: NewRefreshAttempt, limit: number | null): Promise<Reservation> {
    const { id, connectionId, fence, attended, trigger, reason, startedAt } = attempt;
    const since = new Date(startedAt.getTime() - DAY_MS);
    const rows = await this.database.query<{ id: string }[]>(
      `INSERT INTO refresh_attempts (id, connection_id, fence, attended, trigger, reason, started_at)
        SELECT $1::uuid, $2::uuid, $3::integer, $4::boolean, $5::text, $6::text, $7::timestamptz
         WHERE $8::integer IS NULL OR $8 > (
           SELECT count(*) FROM refresh_attempts
            WHERE connection_id = $2 AND attended = $4 AND spent AND started_at > $9)
        RETURNING id`,
      [id, connectionId, fence, attended, trigger, reason, startedAt, limit, since],
    );
    if (rows.length === 1 || limit === null) return { kind: 'reserved' };
    return { kind: 'exhausted', limit, retryAt: await this.freeAgainAt(connectionId, attended, limit, startedAt) };
  }

  async finish(id: string, { outcome, spent, at }: AttemptEnd): Promise<void> {
    await this.database.query(
      `UPDATE refresh_attempts SET finished_at = $2, outcome = $3, spent = $4 WHERE id = $1 AND finished_at IS NULL`,
      [id, at, outcome, spent],
    );
  }

  async forget(id: string): Promise<void> {
    await this.database.query(`DELETE FROM refresh_attempts WHERE id = $1`, [id]);
  }

  /** Ends what a dead process began under an older claim. It may have happened, so it stays spent. */
  async abandon(connectionId: string, fence: number, at: Date): Promise<void> {
    await this.database.query(
      `UPDATE refresh_attempts SET finished_at = $3, outcome = 'abandoned'
        WHERE connection_id = $1 AND fence < $2 AND finished_at IS NULL`,
      [connectionId, fence, at],
    );
  }

  /** Spent in the 24 hours before `now`. */
  async spentToday(connectionId: string, now: Date): Promise<{ attended: number; unattended: number }> {
    const [row] = await this.database.query<{ attended: number; unattended: number }[]>(
      `SELECT count(*) FILTER (WHERE attended)::integer AS attended,
              count(*) FILTER (WHERE NOT attended)::integer AS unattended
         FROM refresh_attempts WHERE connection_id = $1 AND spent AND started_at > $2`,
      [connectionId, new Date(now.getTime() - DAY_MS)],
    );
    return row ?? { attended: 0, unattended: 0 };
  }

  /** @returns how many were removed, at most `limit`. */
  async prune(before: Date, limit: number): Promise<number> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `DELETE FROM refresh_attempts WHERE id IN (SELECT id FROM refresh_attempts WHERE started_at < $1 LIMIT $2)`,
      [before, limit],
    );
    return count;
  }

  /** When the oldest attempt that fills the quota is a day old. */
  private async freeAgainAt(connectionId: string, attended: boolean, limit: number, now: Date): Promise<Date> {
    const [row] = await this.database.query<{ startedAt: Date }[]>(
      `SELECT started_at AS "startedAt" FROM refresh_attempts
        WHERE connection_id = $1 AND attended = $2 AND spent ORDER BY started_at DESC OFFSET $3 LIMIT 1`,
      [connectionId, attended, Math.max(0, limit - 1)],
    );
    return new Date((row?.startedAt ?? now).getTime() + DAY_MS);
  }
}
