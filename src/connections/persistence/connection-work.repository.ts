import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { ProviderId } from '../../credentials/provider-id.js';
import type { Connection } from '../domain/connection.js';
import { MOVING_STATES } from '../domain/connection-state.js';

/** A claim to work. `abandoned` = its last holder never gave it back. */
export interface WorkClaim {
  readonly fence: number;
  readonly abandoned: boolean;
}

export interface DueWatch {
  readonly id: string;
  /** It changes by itself or is being deleted. */
  readonly moves: boolean;
}

/** As the index `connections_to_follow` has them. */
const FOLLOWED = [...MOVING_STATES, 'deleting'].map((state) => `'${state}'`).join(', ');

/** Claims on connections that all processes respect: who may read the provider now, who works, what is due. */
@Injectable()
export class ConnectionWorkRepository {
  constructor(private readonly database: DataSource) {}

  /** At most one process gets `true` in `gapMs`, however many ask. */
  async claimReading(id: string, now: Date, gapMs: number): Promise<boolean> {
    const rows = await this.returning(
      `UPDATE connections SET observed_at = $2
        WHERE id = $1 AND deleted_at IS NULL AND (observed_at IS NULL OR observed_at <= $3 OR observed_at > $2)
        RETURNING id`,
      [id, now, new Date(now.getTime() - gapMs)],
    );
    return rows.length === 1;
  }

  /**
   * Should the holder die, the connection is read again when the claim is over.
   * @returns `null` while another claim holds.
   */
  async claimWork(id: string, owner: string, now: Date, leaseMs: number): Promise<WorkClaim | null> {
    const [row] = await this.returning<WorkClaim>(
      `WITH before AS (SELECT id, lease_until FROM connections WHERE id = $1 FOR UPDATE)
        UPDATE connections AS c SET fence = c.fence + 1, lease_until = $3, lease_owner = $2, last_attempt_at = $4,
            next_watch_at = least(c.next_watch_at, $3)
          FROM before
          WHERE c.id = before.id AND c.deleted_at IS NULL
            AND (before.lease_until IS NULL OR before.lease_until <= $4)
          RETURNING c.fence, before.lease_until IS NOT NULL AS abandoned`,
      [id, owner, new Date(now.getTime() + leaseMs), now],
    );
    return row ?? null;
  }

  /** A claim that was lost meanwhile stays with its new holder. */
  async releaseWork(id: string, fence: number): Promise<void> {
    await this.database.query(
      `UPDATE connections SET lease_until = NULL, lease_owner = NULL WHERE id = $1 AND fence = $2`,
      [id, fence],
    );
  }

  /** Ends a claim so that the next one is told of it: what its holder was to find out is still open. */
  async endWork(id: string, fence: number, now: Date): Promise<void> {
    await this.database.query(
      `UPDATE connections SET lease_until = $3, lease_owner = NULL WHERE id = $1 AND fence = $2`,
      [id, fence, now],
    );
  }

  /** Until when somebody may be at work on it at most. `null` = nobody is. */
  async claimedUntil(id: string, now: Date): Promise<Date | null> {
    const rows = await this.database.query<{ until: Date }[]>(
      `SELECT lease_until AS until FROM connections WHERE id = $1 AND lease_until > $2`,
      [id, now],
    );
    return rows[0]?.until ?? null;
  }

  /**
   * Takes due connections of a provider and hides them from others for `holdMs`: those that move first, then the settled
   * ones, each oldest first. After a standstill there are tens of thousands of the latter.
   */
  async claimDueForWatch(provider: ProviderId, now: Date, limit: number, holdMs: number): Promise<DueWatch[]> {
    return this.returning<DueWatch>(
      `WITH moving AS (
          SELECT id FROM connections WHERE provider = $4 AND next_watch_at <= $1 AND state IN (${FOLLOWED})
            ORDER BY next_watch_at LIMIT $3 FOR UPDATE SKIP LOCKED),
        settled AS (
          SELECT id FROM connections WHERE provider = $4 AND next_watch_at <= $1 AND state NOT IN (${FOLLOWED})
            ORDER BY next_watch_at LIMIT $3 - (SELECT count(*) FROM moving) FOR UPDATE SKIP LOCKED)
        UPDATE connections AS c SET next_watch_at = $2
          FROM (SELECT id, true AS moves FROM moving UNION ALL SELECT id, false FROM settled) AS due
          WHERE c.id = due.id
          RETURNING c.id, due.moves`,
      [now, new Date(now.getTime() + holdMs), limit, provider],
    );
  }

  /** Of a connection as it was read: whoever has written it since has said when to look. */
  async postponeWatch({ id, version }: Pick<Connection, 'id' | 'version'>, until: Date): Promise<void> {
    await this.database.query(
      `UPDATE connections SET next_watch_at = $2 WHERE id = $1 AND version = $3 AND next_watch_at IS NOT NULL`,
      [id, until, version],
    );
  }

  /** Looks at this time or earlier. */
  async watchSoon(id: string, at: Date): Promise<void> {
    await this.database.query(
      `UPDATE connections SET next_watch_at = least(next_watch_at, $2) WHERE id = $1 AND deleted_at IS NULL`,
      [id, at],
    );
  }

  /** TypeORM gives `[rows, count]` for UPDATE … RETURNING. */
  private async returning<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    const [rows] = await this.database.query<[Row[], number]>(sql, parameters);
    return rows;
  }
}
