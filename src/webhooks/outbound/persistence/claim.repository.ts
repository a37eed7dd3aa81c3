import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { OidcConfig } from '../../../config/slices.js';
import type { ClaimedDelivery } from '../domain/delivery.js';
import { SENDABLE } from './delivery-sql.js';

/** Attempts at one endpoint at the same time, over all processes. */
const AT_ONCE = 2;
/** Longer than the deadline of a call, so that only a crash lets a claim run out. */
const LEASE_MS = 60_000;
/** Due deliveries that are looked at in one go. */
const LOOK = 200;
const ROUNDS = 10;
/** A delivery that waits for an earlier one of its connection looks again at this time, or when that one is done. */
const WAIT_IN_LINE_MS = 1000;

/** Locks the endpoint, so that claims and records of one endpoint follow each other. Does not stop new deliveries. */
const LOCK = `
  SELECT e.id FROM webhook_endpoints e LEFT JOIN clients c ON c.id = e.client_id
   WHERE e.id = $1 AND ${SENDABLE('$2')} FOR NO KEY UPDATE OF e`;

const BUSY = `
  SELECT count(*)::int AS busy FROM webhook_deliveries
   WHERE endpoint_id = $1 AND status = 'pending' AND claimed_until IS NOT NULL AND claimed_until > $2`;

const DUE = `
  SELECT d.id, EXISTS (SELECT 1 FROM webhook_deliveries o
     WHERE o.endpoint_id = d.endpoint_id AND o.connection_id = d.connection_id AND o.status = 'pending' AND o.seq < d.seq
   ) AS in_line
    FROM webhook_deliveries d WHERE d.endpoint_id = $1 AND d.status = 'pending' AND d.next_attempt_at <= $2
   ORDER BY d.next_attempt_at, d.seq LIMIT ${LOOK}`;

const WAIT = `
  UPDATE webhook_deliveries d SET next_attempt_at = greatest(head.next_attempt_at, $2)
    FROM webhook_deliveries x, LATERAL (SELECT o.next_attempt_at FROM webhook_deliveries o
      WHERE o.endpoint_id = x.endpoint_id AND o.connection_id = x.connection_id AND o.status = 'pending'
        AND o.seq < x.seq ORDER BY o.seq LIMIT 1) head
   WHERE x.id = ANY ($1::uuid[]) AND d.id = x.id`;

const CLAIM = `
  UPDATE webhook_deliveries d SET claimed_until = $3, next_attempt_at = $3, attempts = d.attempts + 1,
      tries = d.tries + 1, first_tried_at = coalesce(d.first_tried_at, $2)
    FROM outgoing_events e WHERE d.id = $1 AND e.id = d.event_id
  RETURNING d.id, d.endpoint_id, d.connection_id, d.attempts, d.tries, d.first_tried_at, e.id AS event_id, e.type,
    e.user_id, e.data, e.created_at`;

interface ClaimedRow {
  readonly id: string;
  readonly endpoint_id: string;
  readonly connection_id: string | null;
  readonly attempts: number;
  readonly tries: number;
  readonly first_tried_at: Date;
  readonly event_id: string;
  readonly type: string;
  readonly user_id: string;
  readonly data: Record<string, unknown>;
  readonly created_at: Date;
}

/** Who may attempt which delivery now. */
@Injectable()
export class ClaimRepository {
  constructor(
    private readonly database: DataSource,
    private readonly oidc: OidcConfig,
  ) {}

  /**
   * The next delivery of an endpoint, oldest first; of a connection only the first that is not done.
   * @returns `null` when nothing is due, or enough attempts are under way.
   */
  async claim(endpointId: string, now: Date): Promise<ClaimedDelivery | null> {
    return this.database.transaction(async (manager) => {
      const [open] = await manager.query<unknown[]>(LOCK, [endpointId, this.oidc.provider !== null]);
      if (!open) return null;
      const [load] = await manager.query<{ busy: number }[]>(BUSY, [endpointId, now]);
      if ((load?.busy ?? 0) >= AT_ONCE) return null;
      const id = await firstInLine(manager, endpointId, now);
      if (id === null) return null;
      const leaseEnd = new Date(now.getTime() + LEASE_MS);
      const [[row]] = await manager.query<[ClaimedRow[], number]>(CLAIM, [id, now, leaseEnd]);
      return row ? toClaimed(row) : null;
    });
  }
}

/** Those that wait in line are moved out of the way, so that they are not looked at again and again. */
async function firstInLine(manager: EntityManager, endpointId: string, now: Date): Promise<string | null> {
  const later = new Date(now.getTime() + WAIT_IN_LINE_MS);
  for (let round = 0; round < ROUNDS; round++) {
    const due = await manager.query<{ id: string; in_line: boolean }[]>(DUE, [endpointId, now]);
    const first = due.findIndex(({ in_line }) => !in_line);
    const waiting = first === -1 ? due : due.slice(0, first);
    if (waiting.length > 0) await manager.query(WAIT, [waiting.map(({ id }) => id), later]);
    if (first !== -1 || due.length < LOOK) return due[first]?.id ?? null;
  }
  return null;
}

function toClaimed(row: ClaimedRow): ClaimedDelivery {
  const { id, endpoint_id: endpointId, connection_id: connectionId, attempts, tries } = row;
  const { event_id, type, user_id: userId, data, created_at: createdAt } = row;
  const event = { id: event_id, type, userId, connectionId, data, createdAt };
  return { id, endpointId, connectionId, attempts, tries, firstTriedAt: row.first_tried_at, event };
}
