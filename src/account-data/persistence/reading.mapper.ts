import { Injectable } from '@nestjs/common';

import type { Money, ProviderAccount, ProviderHolding, ProviderTransaction } from '../../credentials/account-data.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { LookupHash } from '../../platform/crypto/lookup-hash.js';
import { isMasked, spelledNumber, type IncomingAccount } from '../domain/account.js';
import { isDay } from '../domain/day.js';
import { isDecimal } from '../domain/decimal.js';
import type { HoldingFacts } from '../domain/holding.js';
import type { IncomingReading, OfVendorAccount } from '../domain/reading.js';
import { cleanText } from '../domain/text.js';
import type { IncomingTransaction } from '../domain/transaction.js';

export interface ProviderRows {
  readonly accounts: readonly ProviderAccount[];
  readonly transactions: readonly ProviderTransaction[];
  readonly holdings: readonly ProviderHolding[];
  /** Transactions that the provider left out. */
  readonly unreadable: number;
}

/** From the provider's words to ours: ids become keyed hashes, texts fit the database, what breaks the contract goes. */
@Injectable()
export class ReadingMapper {
  constructor(private readonly lookup: LookupHash) {}

  toIncoming(connectionId: string, rows: ProviderRows): IncomingReading {
    const of = (kind: string) => (secret: SecretValue) => this.hash(kind, connectionId, secret);
    const transactions = rows.transactions.filter(isSoundTransaction);
    const holdings = rows.holdings.filter(isSoundHolding);
    return {
      accounts: rows.accounts.map((account) => this.account(connectionId, account)),
      transactions: transactions.map((each) => transactionOf(each, of('account'), of('transaction'))),
      holdings: holdings.map((each) => holdingOf(each, of('account'), of('holding'))),
      unsound:
        rows.unreadable + rows.transactions.length + rows.holdings.length - transactions.length - holdings.length,
    };
  }

  accountLookup(connectionId: string, vendorId: SecretValue): string {
    return this.hash('account', connectionId, vendorId);
  }

  statementLookup(connectionId: string, vendorId: SecretValue): string {
    return this.hash('statement', connectionId, vendorId);
  }

  contentKey(accountId: string, content: string): string {
    return this.lookup.of('transaction-content', accountId, content);
  }

  private account(connectionId: string, account: ProviderAccount): IncomingAccount {
    const number = account.number?.reveal('to compare it') ?? null;
    const iban = account.iban?.reveal('to compare it') ?? null;
    return {
      vendorLookup: this.accountLookup(connectionId, account.vendorId),
      ibanLookup: iban ? this.lookup.of('iban', connectionId, spelledNumber(iban)) : null,
      numberLookup: number ? this.lookup.of('account-number', connectionId, spelledNumber(number)) : null,
      numberMasked: number !== null && isMasked(number),
      kind: account.kind,
      name: cleaned(account.name),
      holderName: cleaned(account.holderName),
      currency: account.currency,
      balances: account.balances
        .filter(({ money }) => isDecimal(money.amount))
        .map(({ kind, money }) => ({ kind, amount: money.amount, currency: money.currency })),
      asOf: account.asOf,
    };
  }

  private hash(kind: string, connectionId: string, secret: SecretValue): string {
    return this.lookup.of(kind, connectionId, secret.reveal('to hash it for the look-up'));
  }
}

type Hash = (secret: SecretValue) => string;

function transactionOf(each: ProviderTransaction, account: Hash, own: Hash): OfVendorAccount<IncomingTransaction> {
  return {
    accountLookup: account(each.accountVendorId),
    vendorLookup: each.vendorId && own(each.vendorId),
    replacesLookup: each.replacesVendorId ? own(each.replacesVendorId) : null,
    status: each.status,
    amount: each.money.amount,
    currency: each.money.currency,
    day: each.day,
    valueDay: each.valueDay,
    description: cleanText(each.description),
    counterparty: cleaned(each.counterparty),
    balanceAfter: each.balanceAfter,
  };
}

function holdingOf(each: ProviderHolding, account: Hash, own: Hash): OfVendorAccount<HoldingFacts> {
  const { quantity, price, marketValue, costBasis, asOf } = each;
  return {
    accountLookup: account(each.accountVendorId),
    vendorLookup: each.vendorId && own(each.vendorId),
    name: cleanText(each.name),
    isin: cleaned(each.isin),
    quantity,
    price,
    marketValue,
    costBasis,
    asOf,
  };
}

function isSoundTransaction({ money, day, valueDay, balanceAfter }: ProviderTransaction): boolean {
  return isSoundMoney(money) && isDay(day) && (valueDay === null || isDay(valueDay)) && isSoundDecimal(balanceAfter);
}

function isSoundHolding({ quantity, price, marketValue, costBasis }: ProviderHolding): boolean {
  return isSoundDecimal(quantity) && [price, marketValue, costBasis].every((money) => !money || isSoundMoney(money));
}

function isSoundMoney({ amount }: Money): boolean {
  return isDecimal(amount);
}

function isSoundDecimal(text: string | null): boolean {
  return text === null || isDecimal(text);
}

function cleaned(text: string | null): string | null {
  return text === null ? null : cleanText(text);
}
