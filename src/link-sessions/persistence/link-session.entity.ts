import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { LinkPurpose } from '../../credentials/link-purpose.js';
import type { Cause } from '../../credentials/observation.js';
import type { ProviderId } from '../../credentials/provider-id.js';
import type { Sealed } from '../../platform/crypto/sealed.js';
import type { LinkStatus } from '../link-session.js';

@Entity('link_sessions')
export class LinkSessionEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text', { name: 'external_user_id' })
  externalUserId!: string;

  @Column('text')
  provider!: ProviderId;

  @Column('text', { name: 'institution_id', nullable: true })
  institutionId!: string | null;

  @Column('text')
  purpose!: LinkPurpose;

  @Column('uuid', { name: 'connection_id', nullable: true })
  connectionId!: string | null;

  @Column('text', { name: 'redirect_url' })
  redirectUrl!: string;

  @Column('text', { nullable: true })
  locale!: string | null;

  @Column('text', { nullable: true })
  reference!: string | null;

  @Column('text')
  status!: LinkStatus;

  @Column('text', { nullable: true })
  cause!: Cause | null;

  @Column('text', { nullable: true })
  problem!: string | null;

  /** By which the callback finds the visit. */
  @Column('text', { name: 'state_hash' })
  stateHash!: string;

  @Column('text', { name: 'state_sealed', nullable: true })
  stateSealed!: Sealed | null;

  @Column('text', { name: 'handle_sealed', nullable: true })
  handleSealed!: Sealed | null;

  @Column('text')
  actor!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'recover_at', nullable: true })
  recoverAt!: Date | null;

  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt!: Date | null;
}
