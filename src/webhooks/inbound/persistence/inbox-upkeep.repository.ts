import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { Subject } from '../inbox-webhook.js';

/** Second chances and the end of what is in the inbox. */
@Injectable()
export class InboxUpkeepRepository {
  constructor(private readonly database: DataSource) {}

  /** Makes unmatched ones whose time has come wait again. */
  async reopenUnmatched(manager: EntityManager, now: Date, limit: number): Promise<readonly Subject[]> {
    const [rows] = await manager.query<[Subject[], number]>(
      `UPDATE webhook_inbox SET status = 'received', retries = retries + 1, retry_at = NULL
        WHERE id IN (SELECT id FROM webhook_inbox WHERE retry_at <= $1 AND status = 'unmatched'
                      ORDER BY retry_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING provider, subject`,
      [now, limit],
    );
    return rows;
  }

  /** Those that have waited since before `receivedBefore`: their job was lost or gave up. */
  async stranded(receivedBefore: Date, limit: number): Promise<readonly Subject[]> {
    return this.database.query<Subject[]>(
      `SELECT DISTINCT provider, subject FROM webhook_inbox WHERE status = 'received' AND received_at <= $1 LIMIT $2`,
      [receivedBefore, limit],
    );
  }

  /** @returns how many were given up, at most `limit` */
  async giveUp(receivedBefore: Date, now: Date, limit: number): Promise<number> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `UPDATE webhook_inbox SET status = 'ignored', processed_at = $2, retry_at = NULL, body_sealed = NULL
        WHERE id IN (SELECT id FROM webhook_inbox WHERE status IN ('received', 'unmatched') AND received_at <= $1
                      LIMIT $3 FOR UPDATE SKIP LOCKED)`,
      [receivedBefore, now, limit],
    );
    return count;
  }

  /** Bodies that an older version left in what is dealt with. @returns how many went, at most `limit` */
  async clearBodies(limit: number): Promise<number> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `UPDATE webhook_inbox SET body_sealed = NULL
        WHERE id IN (SELECT id FROM webhook_inbox WHERE body_sealed IS NOT NULL AND processed_at IS NOT NULL LIMIT $1)`,
      [limit],
    );
    return count;
  }

  /** @returns how many were removed, at most `limit` */
  async prune(processedBefore: Date, limit: number): Promise<number> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `DELETE FROM webhook_inbox
        WHERE id IN (SELECT id FROM webhook_inbox WHERE processed_at <= $1 ORDER BY processed_at LIMIT $2)`,
      [processedBefore, limit],
    );
    return count;
  }
}
