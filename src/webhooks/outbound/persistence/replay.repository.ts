import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { NEW_ID, WANTED_EVENTS } from './delivery-sql.js';

const START_OVER = `status = 'pending', tries = 0, first_tried_at = NULL, claimed_until = NULL, delivered_at = NULL`;

/** One that is being attempted now is left alone; one that waits goes now. */
const AGAIN = `
  UPDATE webhook_deliveries SET ${START_OVER}, next_attempt_at = $2
   WHERE id = $1 AND NOT (status = 'pending' AND claimed_until IS NOT NULL AND claimed_until > $2)`;

/**
 * Of what does not wait anyhow, the event's delivery starts over; where there was none, one is made. A piece is cut by
 * the time, because the next one goes on at a time: `seq` goes another way where clocks of processes differ.
 */
const RANGE = `
  WITH wanted AS (${WANTED_EVENTS('$1', '$2', '$3')} ORDER BY v.created_at FETCH FIRST $5 ROWS WITH TIES),
  again AS (
    INSERT INTO webhook_deliveries AS d
      (id, endpoint_id, event_id, seq, connection_id, status, next_attempt_at, created_at)
    SELECT ${NEW_ID}, $1, w.id, w.seq, w.connection_id, 'pending', $4, $4 FROM wanted w ORDER BY w.seq
    ON CONFLICT (endpoint_id, event_id) DO UPDATE SET ${START_OVER}, next_attempt_at = $4 WHERE d.status <> 'pending'
    RETURNING d.id
  )
  SELECT (SELECT count(*)::int FROM again) AS replayed,
    CASE WHEN (SELECT count(*) FROM wanted) >= $5 THEN (
      SELECT rest.created_at FROM (${WANTED_EVENTS('$1', '$2', '$3')}
         AND v.created_at > (SELECT max(created_at) FROM wanted) ORDER BY v.created_at LIMIT 1) AS rest) END AS "nextFrom"`;

export interface Replayed {
  /** Deliveries that start over; those that were waiting are not counted. */
  readonly replayed: number;
  /** Where to go on; `null` = the range is done. */
  readonly nextFrom: Date | null;
}

export interface BoundedRange {
  readonly from: Date;
  readonly to: Date;
  readonly now: Date;
  /** Of events in one go. Those of one instant stay together, also when they are more. */
  readonly limit: number;
}

/** Lets deliveries start over, with the same ids. */
@Injectable()
export class ReplayRepository {
  async again(manager: EntityManager, deliveryId: string, now: Date): Promise<void> {
    await manager.query(AGAIN, [deliveryId, now]);
  }

  async range(manager: EntityManager, endpointId: string, range: BoundedRange): Promise<Replayed> {
    const { from, to, now, limit } = range;
    const [row] = await manager.query<Replayed[]>(RANGE, [endpointId, from, to, now, limit]);
    return { replayed: row?.replayed ?? 0, nextFrom: row?.nextFrom ?? null };
  }
}
