import type { Cause } from '../../credentials/observation.js';
import type { ConnectionState } from './connection-state.js';

export const TRIGGERS = ['api', 'webhook', 'sync', 'link', 'admin', 'system'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Facts behind a change. Only these members exist, so that no secret can be put in. */
export interface Evidence {
  readonly providerStatus?: string;
  readonly httpStatus?: number;
  readonly providerErrorCode?: string;
  readonly providerRequestId?: string;
  readonly note?: string;
}

/** One line of a connection's history. Written with the change it tells of, never altered. */
export interface ConnectionEvent {
  readonly seq: number;
  readonly at: Date;
  /** The provider's own time of the change. */
  readonly providerAt: Date | null;
  readonly from: ConnectionState | null;
  readonly to: ConnectionState;
  readonly cause: Cause;
  readonly trigger: Trigger;
  /** Client id, or the name of a task. */
  readonly actor: string;
  readonly requestId: string | null;
  readonly evidence: Evidence;
}

export type NewConnectionEvent = Omit<ConnectionEvent, 'seq'>;
