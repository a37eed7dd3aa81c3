import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('transactions')
export class TransactionEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'account_id' })
  accountId!: string;

  @Column('uuid', { name: 'connection_id' })
  connectionId!: string;

  @Column('text', { name: 'vendor_lookup', nullable: true })
  vendorLookup!: string | null;

  /** Keyed hash of the content, for those without a vendor's id. */
  @Column('text', { name: 'content_key', nullable: true })
  contentKey!: string | null;

  @Column('integer', { nullable: true })
  ordinal!: number | null;

  @Column('text')
  status!: 'booked' | 'pending';

  @Column('numeric')
  amount!: string;

  @Column('text')
  currency!: string;

  @Column('date')
  day!: string;

  @Column('date', { name: 'value_day', nullable: true })
  valueDay!: string | null;

  @Column('text')
  description!: string;

  @Column('text', { nullable: true })
  counterparty!: string | null;

  @Column('numeric', { name: 'balance_after', nullable: true })
  balanceAfter!: string | null;

  @Column('timestamptz', { name: 'first_seen_at' })
  firstSeenAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
