import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

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

  /** @returns the fence of the claim, or `null` while another claim holds. */
  async claimWork(id: string, owner: string, now: Date, leaseMs: number): Promise<number | null> {
    const [row] = await this.returning<{ fence: number }>(
      `UPDATE connections SET fence = fence + 1, lease_until = $3, lease_owner = $2, last_attempt_at = $4
        WHERE id = $1 AND deleted_at IS NULL AND (lease_until IS NULL OR lease_until <= $4)
        RETURNING fence`,
      [id, owner, new Date(now.getTime() + leaseMs), now],
    );
    return row?.fence ?? null;
  }

  /** A claim that was lost meanwhile stays with its new holder. */
  async releaseWork(id: string, fence: number): Promise<void> {
    await this.database.query(
      `UPDATE connections SET lease_until = NULL, lease_owner = NULL WHERE id = $1 AND fence = $2`,
      [id, fence],
    );
  }

  /** Takes due connections, oldest first, and hides them from others for `holdMs`. */
  async claimDueForWatch(now: Date, limit: number, holdMs: number): Promise<string[]> {
    const rows = await this.returning<{ id: string }>(
      `UPDATE connections SET next_watch_at = $2
        WHERE id IN (SELECT id FROM connections WHERE next_watch_at <= $1
                      ORDER BY next_watch_at LIMIT $3 FOR UPDATE SKIP LOCKED)
        RETURNING id`,
      [now, new Date(now.getTime() + holdMs), limit],
    );
    return rows.map((row) => row.id);
  }

  async postponeWatch(id: string, until: Date): Promise<void> {
    await this.database.query(`UPDATE connections SET next_watch_at = $2 WHERE id = $1 AND next_watch_at IS NOT NULL`, [
      id,
      until,
    ]);
  }

  /** TypeORM gives `[rows, count]` for UPDATE … RETURNING. */
  private async returning<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    const [rows] = await this.database.query<[Row[], number]>(sql, parameters);
    return rows;
  }
}
