import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Sealed } from '../../../platform/crypto/sealed.js';
import type { DisabledReason } from '../domain/endpoint.js';
import type { OutgoingEventType } from '../outbox.js';

@Entity('webhook_endpoints')
export class WebhookEndpointEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  owner!: string;

  @Column('uuid', { name: 'client_id', nullable: true })
  clientId!: string | null;

  @Column('text')
  url!: string;

  /** Empty = all. */
  @Column('text', { array: true })
  events!: OutgoingEventType[];

  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('text', { name: 'disabled_reason', nullable: true })
  disabledReason!: DisabledReason | null;

  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt!: Date | null;

  @Column('text', { name: 'secret_sealed' })
  secretSealed!: Sealed;

  @Column('text', { name: 'previous_secret_sealed', nullable: true })
  previousSecretSealed!: Sealed | null;

  @Column('timestamptz', { name: 'previous_secret_until', nullable: true })
  previousSecretUntil!: Date | null;

  /** Since when nothing was delivered; `null` = the last delivery arrived. */
  @Column('timestamptz', { name: 'failing_since', nullable: true })
  failingSince!: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
