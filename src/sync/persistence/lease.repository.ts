import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Claims on connections whose holder died. */
@Injectable()
export class LeaseRepository {
  constructor(private readonly database: DataSource) {}

  /**
   * Has connections with a lease that ended long ago read soon, should nothing else have seen to it. The lease itself
   * stays: whoever claims next learns from it that a call was cut short.
   * @returns how many, at most `limit`.
   */
  async readAbandoned(now: Date, endedBefore: Date, limit: number): Promise<number> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `UPDATE connections SET next_watch_at = $1
        WHERE id IN (SELECT id FROM connections
                      WHERE lease_until < $2 AND deleted_at IS NULL
                        AND (next_watch_at IS NULL OR next_watch_at > $1) AND (observed_at IS NULL OR observed_at < lease_until)
                      LIMIT $3 FOR UPDATE SKIP LOCKED)`,
      [now, endedBefore, limit],
    );
    return count;
  }
}
