import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { UserTraces } from '../../users/user-traces.js';

/** Rows in one statement. */
const BATCH = 1_000;

/** What a deleted user's events still say: ids, states and times. What a bank asked the user goes too. */
const ANONYMOUS = `
  CASE WHEN jsonb_typeof(data -> 'connection') = 'object' THEN data || jsonb_build_object('connection',
    (data -> 'connection') || jsonb_build_object('externalUserId', 'deleted:' || user_id, 'reference', NULL,
      'nextAction', jsonb_build_object('kind', 'none', 'by', 'nobody', 'message', 'The user is deleted.')))
  ELSE data END`;

/**
 * Takes the person out of events that are kept, those that wait too: whoever receives them later knows the ids.
 * Answers of receivers go, as they may repeat what was sent.
 */
@Injectable()
export class ForgetUserInEvents implements OnModuleInit {
  constructor(private readonly traces: UserTraces) {}

  onModuleInit(): void {
    this.traces.add('outgoingEvents', async (manager, userId) => this.run(manager, userId));
  }

  async run(manager: EntityManager, userId: string): Promise<number> {
    await manager.query(
      `UPDATE webhook_deliveries SET response_excerpt = NULL
        WHERE response_excerpt IS NOT NULL AND event_id IN (SELECT id FROM outgoing_events WHERE user_id = $1)`,
      [userId],
    );
    let total = 0;
    for (let after: string | null = '00000000-0000-0000-0000-000000000000'; after !== null;) {
      const [rows, count]: [{ id: string }[], number] = await manager.query(
        `UPDATE outgoing_events SET data = ${ANONYMOUS}
          WHERE id IN (SELECT id FROM outgoing_events WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT ${BATCH})
          RETURNING id`,
        [userId, after],
      );
      total += count;
      after = count < BATCH ? null : newest(rows);
    }
    return total;
  }
}

function newest(rows: readonly { id: string }[]): string | null {
  return rows.map(({ id }) => id).reduce<string | null>((most, id) => (most === null || id > most ? id : most), null);
}
