import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { ProviderId } from '../../credentials/provider-id.js';
import type { Sealed } from '../../platform/crypto/sealed.js';

/**
 * `replaced`: the same provider gave another one. `moved`: the connection is at another provider now. `refused`: a
 * visit brought it and no connection took it.
 */
export type FormerReason = 'replaced' | 'moved' | 'refused';

/** A credential that must go at its provider. The row goes with it. */
@Entity('former_credentials')
export class FormerCredentialEntity {
  @PrimaryColumn('uuid')
  id!: string;

  /** `null` = it never belonged to one. */
  @Column('uuid', { name: 'connection_id', nullable: true })
  connectionId!: string | null;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text')
  provider!: ProviderId;

  @Column('text', { name: 'credential_sealed' })
  credentialSealed!: Sealed;

  @Column('text', { name: 'credential_lookup' })
  credentialLookup!: string;

  @Column('text')
  reason!: FormerReason;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  /** `null` = not before the connection has been active without it. */
  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt!: Date | null;

  /** Its provider is being asked to delete it. */
  @Column('timestamptz', { name: 'leased_until', nullable: true })
  leasedUntil!: Date | null;

  @Column('integer')
  attempts!: number;

  @Column('text', { name: 'last_failure', nullable: true })
  lastFailure!: string | null;
}
