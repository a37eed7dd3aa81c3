import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Cause } from '../../credentials/observation.js';
import type { ProviderId } from '../../credentials/provider-id.js';
import type { Sealed } from '../../platform/crypto/sealed.js';
import type { ConnectionState } from '../domain/connection-state.js';

@Entity('connections')
export class ConnectionEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  /** Copied from the user, where it never changes, so that reading a connection is one query. */
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

  @Column('text', { name: 'credential_sealed', nullable: true })
  credentialSealed!: Sealed | null;

  @Column('text', { name: 'credential_lookup', nullable: true })
  credentialLookup!: string | null;

  @Column('text', { nullable: true })
  fingerprint!: string | null;

  @Column('text', { name: 'session_sealed', nullable: true })
  sessionSealed!: Sealed | null;

  @Column('text')
  state!: ConnectionState;

  @Column('text')
  cause!: Cause;

  @Column('timestamptz', { name: 'state_since' })
  stateSince!: Date;

  @Column('text', { name: 'provider_status' })
  providerStatus!: string;

  @Column('timestamptz', { name: 'provider_status_at', nullable: true })
  providerStatusAt!: Date | null;

  @Column('text', { name: 'challenge_sealed', nullable: true })
  challengeSealed!: Sealed | null;

  @Column('timestamptz', { name: 'challenge_expires_at', nullable: true })
  challengeExpiresAt!: Date | null;

  @Column('timestamptz', { name: 'consent_expires_at', nullable: true })
  consentExpiresAt!: Date | null;

  @Column('timestamptz', { name: 'consent_renewable_from', nullable: true })
  consentRenewableFrom!: Date | null;

  @Column('timestamptz', { name: 'data_as_of', nullable: true })
  dataAsOf!: Date | null;

  @Column('text', { name: 'degraded_groups', array: true })
  degradedGroups!: string[];

  @Column('timestamptz', { name: 'last_attempt_at', nullable: true })
  lastAttemptAt!: Date | null;

  @Column('timestamptz', { name: 'last_success_at', nullable: true })
  lastSuccessAt!: Date | null;

  @Column('timestamptz', { name: 'next_sync_at', nullable: true })
  nextSyncAt!: Date | null;

  @Column('timestamptz', { name: 'next_watch_at', nullable: true })
  nextWatchAt!: Date | null;

  @Column('timestamptz', { name: 'retry_at', nullable: true })
  retryAt!: Date | null;

  @Column('integer', { name: 'consecutive_failures' })
  consecutiveFailures!: number;

  @Column('integer', { name: 'wrong_login_count' })
  wrongLoginCount!: number;

  @Column('timestamptz', { name: 'sync_paused_at', nullable: true })
  syncPausedAt!: Date | null;

  /** Last time that any process read the provider for this connection. */
  @Column('timestamptz', { name: 'observed_at', nullable: true })
  observedAt!: Date | null;

  @Column('integer')
  fence!: number;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil!: Date | null;

  @Column('text', { name: 'lease_owner', nullable: true })
  leaseOwner!: string | null;

  @Column('integer')
  version!: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
