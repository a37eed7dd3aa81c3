import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { ProviderId } from '../../credentials/provider-id.js';

/** A creation that was begun at a provider. It becomes a connection or disappears; a crash leaves it to be recovered. */
@Entity('connection_creations')
export class ConnectionCreationEntity {
  /** The id that the connection will have. */
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text', { name: 'external_user_id' })
  externalUserId!: string;

  @Column('text')
  provider!: ProviderId;

  @Column('text', { name: 'institution_id' })
  institutionId!: string;

  @Column('text', { name: 'institution_name' })
  institutionName!: string;

  @Column('text', { nullable: true })
  reference!: string | null;

  @Column('text', { nullable: true })
  fingerprint!: string | null;

  @Column('text')
  actor!: string;

  @Column('text', { name: 'request_id', nullable: true })
  requestId!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  /** From then on the process that began it is taken for dead. */
  @Column('timestamptz', { name: 'recover_at' })
  recoverAt!: Date;
}
