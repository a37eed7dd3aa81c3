import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Sealed } from '../../../platform/crypto/sealed.js';

@Entity('webhook_registrations')
export class RegistrationEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  provider!: string;

  @Column('text')
  url!: string;

  /** `null` = being registered for the first time. */
  @Column('text', { name: 'vendor_id_sealed', nullable: true })
  vendorIdSealed!: Sealed | null;

  @Column('text', { name: 'secret_sealed', nullable: true })
  secretSealed!: Sealed | null;

  @Column('timestamptz', { name: 'claimed_until', nullable: true })
  claimedUntil!: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
