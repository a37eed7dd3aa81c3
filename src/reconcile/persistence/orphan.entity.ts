import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Sealed } from '../../platform/crypto/sealed.js';
import type { OrphanKind, OrphanStatus } from '../orphan.js';

@Entity('orphans')
export class OrphanEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  provider!: string;

  @Column('text')
  kind!: OrphanKind;

  @Column('text')
  status!: OrphanStatus;

  @Column('text', { name: 'credential_sealed', nullable: true })
  credentialSealed!: Sealed | null;

  @Column('text', { name: 'credential_lookup', nullable: true })
  credentialLookup!: string | null;

  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  @Column('uuid', { name: 'connection_id', nullable: true })
  connectionId!: string | null;

  @Column('timestamptz', { name: 'first_seen_at' })
  firstSeenAt!: Date;

  @Column('timestamptz', { name: 'last_seen_at' })
  lastSeenAt!: Date;

  @Column('timestamptz', { name: 'reported_at', nullable: true })
  reportedAt!: Date | null;

  @Column('timestamptz', { name: 'resolved_at', nullable: true })
  resolvedAt!: Date | null;

  @Column('text', { name: 'resolved_by', nullable: true })
  resolvedBy!: string | null;
}
