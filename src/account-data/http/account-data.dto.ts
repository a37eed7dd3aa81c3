import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';

import { ACCOUNT_KINDS, BALANCE_KINDS, type AccountKind, type BalanceKind } from '../../credentials/account-data.js';
import { PageQuery } from '../../platform/pagination/page.query.js';
import { IsInstant } from '../../platform/validation/instants.js';

const ID = '0199aaaa-0000-7000-8000-000000000001';
const DECIMAL = { example: '-12.50', description: 'An exact decimal number as text.' };
const TIME = { type: String, nullable: true, format: 'date-time' } as const;
const TEXT = { type: String, nullable: true } as const;
const DAY = { format: 'date', example: '2026-11-20' } as const;
const DAY_OR_TIME = {
  anyOf: [
    { type: 'string', format: 'date' },
    { type: 'string', format: 'date-time' },
  ],
};
export const STATUSES = ['booked', 'pending'] as const;

export class TransactionsQuery extends PageQuery {
  @ApiProperty({ required: false, format: 'uuid' })
  @IsOptional()
  @IsUUID()
  accountId?: string;

  @ApiProperty({ required: false, ...DAY_OR_TIME, description: 'This day and later. Of a time its day in UTC.' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiProperty({ required: false, ...DAY_OR_TIME, description: 'This day and earlier. Of a time its day in UTC.' })
  @IsOptional()
  @IsInstant()
  to?: string;

  @ApiProperty({ required: false, enum: STATUSES })
  @IsOptional()
  @IsIn(STATUSES)
  status?: (typeof STATUSES)[number];
}

export class MoneyResponse {
  @ApiProperty(DECIMAL)
  amount!: string;

  @ApiProperty({ example: 'EUR' })
  currency!: string;
}

export class BalanceResponse extends MoneyResponse {
  @ApiProperty({ enum: BALANCE_KINDS })
  kind!: BalanceKind;
}

export class AccountResponse {
  @ApiProperty({ format: 'uuid', example: ID })
  id!: string;

  @ApiProperty({ enum: ACCOUNT_KINDS })
  kind!: AccountKind;

  @ApiProperty({ ...TEXT, example: 'Everyday' })
  name!: string | null;

  @ApiProperty(TEXT)
  holderName!: string | null;

  @ApiProperty({ example: 'EUR' })
  currency!: string;

  @ApiProperty({ ...TEXT, description: 'Without spaces.' })
  iban!: string | null;

  @ApiProperty({ ...TEXT, description: "The bank's own number; may be masked." })
  number!: string | null;

  @ApiProperty({ type: [BalanceResponse] })
  balances!: BalanceResponse[];

  @ApiProperty({ ...TIME, description: "The vendor's time of the balances." })
  asOf!: string | null;

  @ApiProperty({ ...TIME, description: 'Since when the bank no longer lists it.' })
  closedAt!: string | null;
}

export class TransactionResponse {
  @ApiProperty({ format: 'uuid', example: ID })
  id!: string;

  @ApiProperty({ format: 'uuid', example: ID })
  accountId!: string;

  @ApiProperty({ enum: STATUSES })
  status!: (typeof STATUSES)[number];

  @ApiProperty({ ...DECIMAL, description: 'Negative: money left the account.' })
  amount!: string;

  @ApiProperty({ example: 'EUR' })
  currency!: string;

  @ApiProperty({ ...DAY, description: 'When it was booked; of a pending one, when it was made.' })
  day!: string;

  @ApiProperty({ ...TEXT, ...DAY })
  valueDay!: string | null;

  @ApiProperty({ example: 'CARD 1234 COFFEE' })
  description!: string;

  @ApiProperty(TEXT)
  counterparty!: string | null;

  @ApiProperty({ ...TEXT, ...DECIMAL })
  balanceAfter!: string | null;

  @ApiProperty({ format: 'date-time' })
  firstSeenAt!: string;
}

export class HoldingResponse {
  @ApiProperty({ format: 'uuid', example: ID })
  id!: string;

  @ApiProperty({ format: 'uuid', example: ID })
  accountId!: string;

  @ApiProperty({ example: 'World Equity Fund' })
  name!: string;

  @ApiProperty({ ...TEXT, example: 'IE00B4L5Y983' })
  isin!: string | null;

  @ApiProperty({ ...TEXT, ...DECIMAL })
  quantity!: string | null;

  @ApiProperty({ type: MoneyResponse, nullable: true })
  price!: MoneyResponse | null;

  @ApiProperty({ type: MoneyResponse, nullable: true })
  marketValue!: MoneyResponse | null;

  @ApiProperty({ type: MoneyResponse, nullable: true })
  costBasis!: MoneyResponse | null;

  @ApiProperty(TIME)
  asOf!: string | null;
}

export class AgedPageResponse {
  @ApiProperty(TEXT)
  nextCursor!: string | null;

  @ApiProperty({ ...TIME, description: "The vendor's time of this data." })
  asOf!: string | null;

  @ApiProperty({ ...TIME, description: 'When Mooring last read all of it. `null`: never yet.' })
  loadedAt!: string | null;

  @ApiProperty({ type: [String], description: 'What the vendor could not fetch last time: older or missing here.' })
  degradedGroups!: string[];
}

export class AccountPageResponse extends AgedPageResponse {
  @ApiProperty({ type: [AccountResponse] })
  data!: AccountResponse[];
}

export class TransactionPageResponse extends AgedPageResponse {
  @ApiProperty({ type: [TransactionResponse] })
  data!: TransactionResponse[];
}

export class HoldingPageResponse extends AgedPageResponse {
  @ApiProperty({ type: [HoldingResponse] })
  data!: HoldingResponse[];
}

export class StatementResponse {
  @ApiProperty({ format: 'uuid', example: ID })
  id!: string;

  @ApiProperty({ ...TEXT, format: 'uuid', description: '`null`: of an account that is not known here.' })
  accountId!: string | null;

  @ApiProperty({ example: '2026-10' })
  name!: string;

  @ApiProperty({ ...TEXT, ...DAY })
  day!: string | null;
}

export class StatementListResponse {
  @ApiProperty({ type: [StatementResponse] })
  data!: StatementResponse[];

  @ApiProperty({ ...TEXT, example: null })
  nextCursor!: null;
}
