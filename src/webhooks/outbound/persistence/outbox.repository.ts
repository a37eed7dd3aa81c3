import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { Ids } from '../../../platform/ids/ids.js';
import { JobQueue } from '../../../platform/queue/job-queue.js';
import { Clock } from '../../../platform/time/clock.js';
import { DELIVER, deliverJob } from '../domain/deliver-job.js';
import { Outbox, type OutgoingEvent } from '../outbox.js';
import { NEW_ID, WANTING_ENDPOINTS } from './delivery-sql.js';

/**
 * The event and one delivery for each endpoint that wants it, in one statement. The lock keeps an endpoint from being
 * deleted under the statement, which would undo the cause.
 */
const ADD = `
  WITH event AS (
    INSERT INTO outgoing_events (id, type, user_id, connection_id, data, created_at)
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING seq
  ), wanting AS (
    ${WANTING_ENDPOINTS({ type: '$2', userId: '$3' })} FOR KEY SHARE OF e
  )
  INSERT INTO webhook_deliveries (id, endpoint_id, event_id, seq, connection_id, status, next_attempt_at, created_at)
  SELECT ${NEW_ID}, wanting.id, $1, event.seq, $4, 'pending', $6, $6 FROM wanting, event
  RETURNING endpoint_id`;

@Injectable()
export class OutboxRepository extends Outbox {
  constructor(
    private readonly ids: Ids,
    private readonly clock: Clock,
    private readonly jobs: JobQueue,
  ) {
    super();
  }

  override async add(manager: EntityManager, event: OutgoingEvent): Promise<void> {
    const { type, userId, connectionId, data } = event;
    const parameters = [this.ids.next(), type, userId, connectionId, JSON.stringify(data), this.clock.now()];
    const rows = await manager.query<{ endpoint_id: string }[]>(ADD, parameters);
    if (rows.length === 0) return;
    await this.jobs.sendMany(
      DELIVER,
      rows.map((row) => deliverJob(row.endpoint_id, connectionId ?? userId)),
      manager,
    );
  }
}
