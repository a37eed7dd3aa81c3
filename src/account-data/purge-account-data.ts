import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Rows in one statement, so that none runs into the time limit of statements. */
const BATCH = 5_000;
const SMALL_TABLES = ['account_match_questions', 'statement_calls', 'statements', 'holdings'] as const;

/**
 * Forgets all account data of a connection, within the transaction that deletes it: whoever reads `deleted` can rely on
 * it, and a crash leaves nothing behind that a sweep would have to find. One connection's rows are few enough for that.
 */
@Injectable()
export class PurgeAccountData {
  async run(connectionId: string, manager: EntityManager): Promise<void> {
    // First, so that a load that is under way ends without writing, or has written before the rest is deleted.
    await manager.query(`DELETE FROM data_readings WHERE connection_id = $1`, [connectionId]);
    for (const table of SMALL_TABLES) {
      await manager.query(`DELETE FROM ${table} WHERE connection_id = $1`, [connectionId]);
    }
    for (let deleted = BATCH; deleted === BATCH;) {
      [, deleted] = await manager.query<[unknown[], number]>(
        `DELETE FROM transactions WHERE id IN (SELECT id FROM transactions WHERE connection_id = $1 LIMIT ${BATCH})`,
        [connectionId],
      );
    }
    await manager.query(`DELETE FROM accounts WHERE connection_id = $1`, [connectionId]);
  }
}
