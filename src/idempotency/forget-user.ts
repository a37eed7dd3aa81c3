import { Injectable, type OnModuleInit } from '@nestjs/common';

import { UserTraces } from '../users/user-traces.js';

/**
 * Answers that were kept for tokens of a deleted user. Those of clients are sealed, say nothing of whom they are about,
 * and go within a day.
 */
@Injectable()
export class ForgetUserInAnswers implements OnModuleInit {
  constructor(private readonly traces: UserTraces) {}

  onModuleInit(): void {
    this.traces.add('keptAnswers', async (manager, userId) => {
      const [, count] = await manager.query<[unknown[], number]>(
        `DELETE FROM idempotency_keys WHERE state = 'done' AND caller LIKE '% user:' || $1::text`,
        [userId],
      );
      return count;
    });
  }
}
