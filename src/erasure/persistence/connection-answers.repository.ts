import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { UpstreamAnswer } from '../../connections/deletion-receipt.js';

/** What providers said of a user's connections, as their receipts have it. */
@Injectable()
export class ConnectionAnswersRepository {
  /** Oldest first. */
  async of(manager: EntityManager, userId: string): Promise<UpstreamAnswer[]> {
    const rows = await manager.query<{ answer: UpstreamAnswer }[]>(
      `SELECT upstream_answer AS answer FROM deletion_receipts
        WHERE user_id = $1 AND subject_kind = 'connection' AND upstream_answer IS NOT NULL ORDER BY id`,
      [userId],
    );
    return rows.map(({ answer }) => answer);
  }
}
