import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { AccountKind } from '../../credentials/account-data.js';
import type { Sealed } from '../../platform/crypto/sealed.js';
import type { Balance } from '../domain/account.js';

@Entity('accounts')
export class AccountEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'connection_id' })
  connectionId!: string;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text', { name: 'vendor_sealed' })
  vendorSealed!: Sealed;

  @Column('text', { name: 'vendor_lookup' })
  vendorLookup!: string;

  @Column('text', { name: 'iban_sealed', nullable: true })
  ibanSealed!: Sealed | null;

  @Column('text', { name: 'iban_lookup', nullable: true })
  ibanLookup!: string | null;

  @Column('text', { name: 'number_sealed', nullable: true })
  numberSealed!: Sealed | null;

  @Column('text', { name: 'number_lookup', nullable: true })
  numberLookup!: string | null;

  @Column('boolean', { name: 'number_masked' })
  numberMasked!: boolean;

  @Column('text')
  kind!: AccountKind;

  @Column('text', { nullable: true })
  name!: string | null;

  @Column('text', { name: 'holder_name', nullable: true })
  holderName!: string | null;

  @Column('text')
  currency!: string;

  @Column('jsonb')
  balances!: Balance[];

  @Column('timestamptz', { name: 'as_of', nullable: true })
  asOf!: Date | null;

  @Column('timestamptz', { name: 'first_seen_at' })
  firstSeenAt!: Date;

  @Column('timestamptz', { name: 'last_seen_at' })
  lastSeenAt!: Date;

  @Column('timestamptz', { name: 'closed_at', nullable: true })
  closedAt!: Date | null;
}
