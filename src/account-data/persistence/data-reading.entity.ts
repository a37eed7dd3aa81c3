import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { ProviderId } from '../../credentials/provider-id.js';
import type { Sealed } from '../../platform/crypto/sealed.js';

/** How far the reading of a connection is, and who reads it now. */
@Entity('data_readings')
export class DataReadingEntity {
  @PrimaryColumn('uuid', { name: 'connection_id' })
  connectionId!: string;

  @Column('text')
  provider!: ProviderId;

  /** The connection's `dataAsOf` for which the last reading was complete. */
  @Column('timestamptz', { name: 'loaded_as_of', nullable: true })
  loadedAsOf!: Date | null;

  @Column('timestamptz', { name: 'loaded_at', nullable: true })
  loadedAt!: Date | null;

  /** The vendor's time of what was read. */
  @Column('timestamptz', { name: 'as_of', nullable: true })
  asOf!: Date | null;

  /** Groups that the vendor could not give last time. */
  @Column('text', { array: true })
  missing!: string[];

  /** The newest booked day that is here; `null` = the next reading reads everything. */
  @Column('date', { name: 'booked_until', nullable: true })
  bookedUntil!: string | null;

  @Column('date', { name: 'pending_from', nullable: true })
  pendingFrom!: string | null;

  /** Of an unfinished reading. */
  @Column('text', { name: 'cursor_sealed', nullable: true })
  cursorSealed!: Sealed | null;

  @Column('date', { name: 'reading_since', nullable: true })
  readingSince!: string | null;

  @Column('timestamptz', { name: 'reading_started_at', nullable: true })
  readingStartedAt!: Date | null;

  /** Pages of the unfinished reading are already stored. */
  @Column('boolean', { name: 'reading_has_parts' })
  readingHasParts!: boolean;

  /** Groups that the parts of the unfinished reading could not give. */
  @Column('text', { name: 'reading_missing', array: true })
  readingMissing!: string[];

  /** The provider does not want to be asked earlier. */
  @Column('timestamptz', { name: 'not_before', nullable: true })
  notBefore!: Date | null;

  @Column('timestamptz', { name: 'next_attempt_at', nullable: true })
  nextAttemptAt!: Date | null;

  @Column('integer')
  failures!: number;

  @Column('text', { name: 'last_failure', nullable: true })
  lastFailure!: string | null;

  @Column('integer')
  fence!: number;

  @Column('timestamptz', { name: 'claimed_until', nullable: true })
  claimedUntil!: Date | null;
}
