import type { EntityManager } from 'typeorm';

/** Events that go out. Source: api.md, Webhooks. */
export const OUTGOING_EVENTS = [
  'connection.created',
  'connection.state_changed',
  'connection.action_required',
  'connection.consent_expiring',
  'connection.data_updated',
  'connection.data_stale',
  'connection.deleted',
  'user.deleted',
] as const;
export type OutgoingEventType = (typeof OUTGOING_EVENTS)[number];

export interface OutgoingEvent {
  readonly type: OutgoingEventType;
  readonly userId: string;
  /** `null` for events of a user. Events of one connection are delivered in the order in which they were added. */
  readonly connectionId: string | null;
  /** The `data` member of what is sent. Ids and our own words only, no secret. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Keeps events until every endpoint that wants them has them. */
export abstract class Outbox {
  /** In the transaction of the cause: both happen or neither does. */
  abstract add(manager: EntityManager, event: OutgoingEvent): Promise<void>;
}
