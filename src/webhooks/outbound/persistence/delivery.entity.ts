import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import type { AttemptNote, DeliveryStatus } from '../domain/delivery.js';
import { OutgoingEventEntity } from './outgoing-event.entity.js';
import { WebhookEndpointEntity } from './webhook-endpoint.entity.js';

@Entity('webhook_deliveries')
export class WebhookDeliveryEntity {
  @PrimaryColumn('uuid')
  id!: string;

  /** Counts deliveries in the order in which they were made; TypeORM gives big integers as text. */
  @Column('bigint')
  number!: string;

  @Column('uuid', { name: 'endpoint_id' })
  endpointId!: string;

  @ManyToOne(() => WebhookEndpointEntity)
  @JoinColumn({ name: 'endpoint_id' })
  endpoint!: Relation<WebhookEndpointEntity>;

  @Column('uuid', { name: 'event_id' })
  eventId!: string;

  @ManyToOne(() => OutgoingEventEntity)
  @JoinColumn({ name: 'event_id' })
  event!: Relation<OutgoingEventEntity>;

  @Column('uuid', { name: 'connection_id', nullable: true })
  connectionId!: string | null;

  @Column('text')
  status!: DeliveryStatus;

  @Column('integer')
  attempts!: number;

  @Column('timestamptz', { name: 'next_attempt_at' })
  nextAttemptAt!: Date;

  @Column('integer', { name: 'last_status', nullable: true })
  lastStatus!: number | null;

  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null;

  @Column('text', { name: 'response_excerpt', nullable: true })
  responseExcerpt!: string | null;

  @Column('jsonb')
  log!: AttemptNote[];

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'delivered_at', nullable: true })
  deliveredAt!: Date | null;
}
