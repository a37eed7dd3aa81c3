import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { AttemptNote, ClaimedDelivery, DeliveryStatus } from '../domain/delivery.js';
import type { Verdict } from '../domain/verdict.js';

/** Attempts that are remembered of one delivery. */
const KEPT_NOTES = 50;
/** An outage of this length is over when something arrives: then nothing waits for its next attempt any longer. */
const OUTAGE_MS = 10 * 60_000;

const LOCK = `SELECT failing_since FROM webhook_endpoints WHERE id = $1 FOR NO KEY UPDATE`;

const RECORD = `
  UPDATE webhook_deliveries SET status = $3, claimed_until = NULL, next_attempt_at = $4, last_status = $5,
      last_error = $6, response_excerpt = $7, delivered_at = $8,
      log = CASE WHEN jsonb_array_length(log) >= ${KEPT_NOTES} THEN log - 0 ELSE log END || $9::jsonb
   WHERE id = $1 AND attempts = $2 AND status = 'pending' RETURNING id`;

const RELEASE = `
  UPDATE webhook_deliveries SET claimed_until = NULL, next_attempt_at = $3, tries = tries - 1
   WHERE id = $1 AND attempts = $2 AND status = 'pending'`;

const NEXT_IN_LINE = `
  UPDATE webhook_deliveries SET next_attempt_at = $3
   WHERE id = (SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 AND connection_id = $2 AND status = 'pending'
                ORDER BY seq LIMIT 1)
     AND claimed_until IS NULL AND next_attempt_at > $3`;

const OUTAGE_OVER = `
  UPDATE webhook_deliveries SET next_attempt_at = $2
   WHERE endpoint_id = $1 AND status = 'pending' AND tries > 0 AND claimed_until IS NULL AND next_attempt_at > $2`;

/** The status, and when to go on: for `pending` the next attempt, else the time of the end. */
export interface Recorded {
  readonly status: Exclude<DeliveryStatus, 'skipped'>;
  readonly nextAttemptAt: Date;
}

export interface Attempted {
  readonly verdict: Verdict;
  readonly note: AttemptNote;
}

/** Writes down what attempts came to. */
@Injectable()
export class RecordRepository {
  constructor(private readonly database: DataSource) {}

  /** @returns false when the claim was lost: another attempt is under way or done. */
  async record(claim: ClaimedDelivery, recorded: Recorded, { verdict, note }: Attempted, now: Date): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const [endpoint] = await manager.query<{ failing_since: Date | null }[]>(LOCK, [claim.endpointId]);
      if (!endpoint) return false;
      const { status, nextAttemptAt } = recorded;
      const deliveredAt = status === 'delivered' ? now : null;
      const seen = [verdict.status, verdict.error, verdict.excerpt, deliveredAt, JSON.stringify([note])];
      const parameters = [claim.id, claim.attempts, status, nextAttemptAt, ...seen];
      const [rows] = await manager.query<[unknown[], number]>(RECORD, parameters);
      if (rows.length === 0) return false;
      if (status !== 'pending' && claim.connectionId !== null) {
        await manager.query(NEXT_IN_LINE, [claim.endpointId, claim.connectionId, now]);
      }
      await this.health(manager, claim.endpointId, endpoint.failing_since, verdict, now);
      return true;
    });
  }

  /** Gives a claim back as if nothing was tried. */
  async release(claim: ClaimedDelivery, now: Date): Promise<void> {
    await this.database.query(RELEASE, [claim.id, claim.attempts, now]);
  }

  private async health(
    manager: EntityManager,
    id: string,
    since: Date | null,
    verdict: Verdict,
    now: Date,
  ): Promise<void> {
    if (verdict.kind === 'gone') {
      await this.switchOff(manager, id, now);
    } else if (verdict.kind === 'failed' && since === null) {
      await manager.query(`UPDATE webhook_endpoints SET failing_since = $2 WHERE id = $1`, [id, now]);
    } else if (verdict.kind === 'delivered' && since !== null) {
      await manager.query(`UPDATE webhook_endpoints SET failing_since = NULL WHERE id = $1`, [id]);
      // A single delivery that always fails among others that arrive is no outage, and must not be hurried.
      if (now.getTime() - since.getTime() >= OUTAGE_MS) await manager.query(OUTAGE_OVER, [id, now]);
    }
  }

  private async switchOff(manager: EntityManager, id: string, now: Date): Promise<void> {
    await manager.query(
      `UPDATE webhook_endpoints SET disabled_reason = 'gone', disabled_at = $2, updated_at = $2
        WHERE id = $1 AND disabled_at IS NULL`,
      [id, now],
    );
    await manager.query(
      `UPDATE webhook_deliveries SET status = 'skipped', claimed_until = NULL, last_error = 'gone'
        WHERE endpoint_id = $1 AND status = 'pending'`,
      [id],
    );
  }
}
