import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { OutgoingEventType } from '../outbox.js';

/** Its `data` is read where it is sent. */
@Entity('outgoing_events')
export class OutgoingEventEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  type!: OutgoingEventType;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
