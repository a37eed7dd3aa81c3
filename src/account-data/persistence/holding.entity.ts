import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('holdings')
export class HoldingEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'account_id' })
  accountId!: string;

  @Column('uuid', { name: 'connection_id' })
  connectionId!: string;

  @Column('text', { name: 'vendor_lookup', nullable: true })
  vendorLookup!: string | null;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  isin!: string | null;

  @Column('numeric', { nullable: true })
  quantity!: string | null;

  @Column('numeric', { name: 'price_amount', nullable: true })
  priceAmount!: string | null;

  @Column('text', { name: 'price_currency', nullable: true })
  priceCurrency!: string | null;

  @Column('numeric', { name: 'value_amount', nullable: true })
  valueAmount!: string | null;

  @Column('text', { name: 'value_currency', nullable: true })
  valueCurrency!: string | null;

  @Column('numeric', { name: 'cost_amount', nullable: true })
  costAmount!: string | null;

  @Column('text', { name: 'cost_currency', nullable: true })
  costCurrency!: string | null;

  @Column('timestamptz', { name: 'as_of', nullable: true })
  asOf!: Date | null;
}
