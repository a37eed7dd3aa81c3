import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { BankDay, Money } from '../../credentials/account-data.js';
import type { KnownAccount } from '../domain/account.js';
import type { KnownHolding } from '../domain/holding.js';
import type { KnownTransaction } from '../domain/transaction.js';

export interface KnownData {
  readonly accounts: readonly KnownAccount[];
  readonly transactions: readonly KnownTransaction[];
  readonly holdings: readonly KnownHolding[];
}

type Times<T, Names extends keyof T> = Omit<T, Names> & Record<Names, string | null>;
type AccountRow = Times<Omit<KnownAccount, 'lastSeenAt'>, 'asOf' | 'closedAt'> & { readonly lastSeenAt: string };
type HoldingRow = Times<Omit<KnownHolding, 'price' | 'marketValue' | 'costBasis'>, 'asOf'> &
  Record<'priceAmount' | 'priceCurrency' | 'valueAmount' | 'valueCurrency' | 'costAmount' | 'costCurrency', string>;

const TRANSACTION = `id, account_id AS "accountId", vendor_lookup AS "vendorLookup", ordinal, status,
  amount::text AS amount, currency, day::text AS day, value_day::text AS "valueDay", description, counterparty,
  balance_after::text AS "balanceAfter", coalesce(first_seen_at >= $3::timestamptz, false) AS "seenInReading"`;

const KNOWN = `SELECT
  (SELECT coalesce(json_agg(a), '[]') FROM (
    SELECT id, vendor_lookup AS "vendorLookup", iban_lookup AS "ibanLookup", number_lookup AS "numberLookup",
        number_masked AS "numberMasked", kind, name, holder_name AS "holderName", currency, balances,
        as_of AS "asOf", closed_at AS "closedAt", last_seen_at AS "lastSeenAt"
      FROM accounts WHERE connection_id = $1 ORDER BY id) a) AS accounts,
  (SELECT coalesce(json_agg(h), '[]') FROM (
    SELECT id, account_id AS "accountId", vendor_lookup AS "vendorLookup", name, isin, quantity::text AS quantity,
        price_amount::text AS "priceAmount", price_currency AS "priceCurrency", value_amount::text AS "valueAmount",
        value_currency AS "valueCurrency", cost_amount::text AS "costAmount", cost_currency AS "costCurrency",
        as_of AS "asOf"
      FROM holdings WHERE connection_id = $1 ORDER BY id) h) AS holdings,
  (SELECT coalesce(json_agg(t), '[]') FROM (
    (SELECT ${TRANSACTION} FROM transactions WHERE connection_id = $1 AND day >= $2::date ORDER BY day DESC, id DESC)
    UNION ALL
    SELECT ${TRANSACTION} FROM transactions
      WHERE connection_id = $1 AND status = 'pending' AND NOT coalesce(day >= $2::date, false)) t) AS transactions`;

/** What is here, as far as a reading can touch it. */
@Injectable()
export class KnownDataRepository {
  constructor(private readonly database: DataSource) {}

  /**
   * One statement: a reading that brings nothing new must be cheap.
   * @param from transactions of this day and later, and all pending ones; `null` = only those.
   * @param readingStartedAt those that are newer came with an earlier part of the same reading.
   */
  async of(connectionId: string, from: BankDay | null, readingStartedAt: Date | null): Promise<KnownData> {
    const [row] = await this.database.query<
      { accounts: AccountRow[]; transactions: KnownTransaction[]; holdings: HoldingRow[] }[]
    >(KNOWN, [connectionId, from, readingStartedAt]);
    return {
      accounts: (row?.accounts ?? []).map((each) => ({
        ...each,
        asOf: timeOf(each.asOf),
        closedAt: timeOf(each.closedAt),
        lastSeenAt: new Date(each.lastSeenAt),
      })),
      transactions: row?.transactions ?? [],
      holdings: (row?.holdings ?? []).map(holdingOf),
    };
  }

  /** Transactions whose day the vendor moved: known by its id, but older than what was asked for. */
  async moved(
    accountIds: readonly string[],
    lookups: readonly string[],
    before: BankDay,
  ): Promise<readonly KnownTransaction[]> {
    return this.database.query<KnownTransaction[]>(
      `SELECT ${TRANSACTION} FROM transactions
        WHERE account_id = ANY($1::uuid[]) AND vendor_lookup = ANY($2::text[]) AND day < $4::date
          AND status <> 'pending'`,
      [accountIds, lookups, null, before],
    );
  }

  /** All of one account, oldest id first, for a merge of two accounts. */
  async ofAccount(manager: EntityManager, accountId: string, limit: number): Promise<KnownTransaction[]> {
    return manager.query<KnownTransaction[]>(
      `SELECT ${TRANSACTION} FROM transactions WHERE account_id = $1 ORDER BY id LIMIT $2`,
      [accountId, limit, null],
    );
  }

  /** The newest booked day, not after today. */
  async bookedUntil(connectionId: string, today: BankDay): Promise<BankDay | null> {
    const [row] = await this.database.query<{ day: BankDay }[]>(
      `SELECT day::text AS day FROM transactions WHERE connection_id = $1 AND day <= $2::date AND status = 'booked'
        ORDER BY day DESC, id DESC LIMIT 1`,
      [connectionId, today],
    );
    return row?.day ?? null;
  }
}

function holdingOf(row: HoldingRow): KnownHolding {
  const { priceAmount, priceCurrency, valueAmount, valueCurrency, costAmount, costCurrency, asOf, ...rest } = row;
  return {
    ...rest,
    asOf: timeOf(asOf),
    price: moneyOf(priceAmount, priceCurrency),
    marketValue: moneyOf(valueAmount, valueCurrency),
    costBasis: moneyOf(costAmount, costCurrency),
  };
}

export function moneyOf(amount: string | null, currency: string | null): Money | null {
  return amount === null || currency === null ? null : { amount, currency };
}

function timeOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
