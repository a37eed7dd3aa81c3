import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Sealed } from '../../platform/crypto/sealed.js';

/** Gives a vendor's statement an id of ours. */
@Entity('statements')
export class StatementEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'connection_id' })
  connectionId!: string;

  @Column('text', { name: 'vendor_sealed' })
  vendorSealed!: Sealed;

  @Column('text', { name: 'vendor_lookup' })
  vendorLookup!: string;

  @Column('text', { name: 'account_lookup' })
  accountLookup!: string;

  @Column('text')
  name!: string;

  @Column('date', { nullable: true })
  day!: string | null;
}
