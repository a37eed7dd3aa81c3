import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Cause } from '../../credentials/observation.js';
import type { Evidence, Trigger } from '../domain/connection-event.js';
import type { ConnectionState } from '../domain/connection-state.js';

/** Append-only; the database refuses changes. */
@Entity('connection_events')
export class ConnectionEventEntity {
  @PrimaryColumn('uuid', { name: 'connection_id' })
  connectionId!: string;

  @PrimaryColumn('integer')
  seq!: number;

  @Column('timestamptz')
  at!: Date;

  @Column('timestamptz', { name: 'provider_at', nullable: true })
  providerAt!: Date | null;

  @Column('text', { name: 'from_state', nullable: true })
  from!: ConnectionState | null;

  @Column('text', { name: 'to_state' })
  to!: ConnectionState;

  @Column('text')
  cause!: Cause;

  @Column('text')
  trigger!: Trigger;

  @Column('text')
  actor!: string;

  @Column('text', { name: 'request_id', nullable: true })
  requestId!: string | null;

  @Column('jsonb')
  evidence!: Evidence;
}
