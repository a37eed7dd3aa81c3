import type { OutgoingEventType } from '../outbox.js';

/** `dead`: given up · `skipped`: the endpoint was switched off by its receiver before it was sent. */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'dead', 'skipped'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One event on its way to one endpoint. */
export interface Delivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly type: OutgoingEventType;
  readonly userId: string;
  readonly connectionId: string | null;
  readonly status: DeliveryStatus;
  /** Attempts that began, those of replays too. */
  readonly attempts: number;
  readonly nextAttemptAt: Date;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly responseExcerpt: string | null;
  /** Newest last; only the newest are kept. */
  readonly log: readonly AttemptNote[];
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
}

/** One attempt, as it is kept. An attempt that a crash cut off left none. */
export interface AttemptNote {
  /** ISO 8601. */
  readonly at: string;
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
}

/** What is sent: the same for every attempt. */
export interface EventToSend {
  readonly id: string;
  readonly type: string;
  /** `null` only for a test. */
  readonly userId: string | null;
  readonly connectionId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

/** A delivery that this process may attempt until its time is over. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly connectionId: string | null;
  /** Counts up with each claim; whoever records an older one is refused. */
  readonly attempts: number;
  /** Since it was last (re)started. */
  readonly tries: number;
  readonly firstTriedAt: Date;
  readonly event: EventToSend;
}
