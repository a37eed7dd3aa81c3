import type {
  AccountKind,
  BalanceKind,
  Money,
  ProviderAccount,
  ProviderBalance,
  ProviderTransaction,
} from '../../credentials/account-data.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { TinkAccount, TinkTransaction } from './tink-data.types.js';

/** ISO 4217 for "no currency": an account without any balance says none. */
const NO_CURRENCY = 'XXX';

const KINDS: ReadonlyMap<string, AccountKind> = new Map([
  ['CHECKING', 'checking'],
  ['SAVINGS', 'savings'],
  ['CREDIT_CARD', 'credit_card'],
  ['UNDEFINED', 'other'],
]);

/** `UNDEFINED` is deprecated: then the booking day decides. */
const STATUSES: ReadonlySet<string> = new Set(['BOOKED', 'PENDING', 'UNDEFINED']);

export const isKnownAccountType = (word: string): boolean => KINDS.has(word);
export const isKnownTransactionStatus = (word: string): boolean => STATUSES.has(word);

export function toAccount(account: TinkAccount): ProviderAccount {
  const balances = [
    ...balance('booked', account.booked),
    ...balance('available', account.available),
    ...balance('credit_limit', account.creditLimit),
  ];
  const { name, iban, number, lastRefreshed: asOf } = account;
  return {
    vendorId: new Opened(account.id),
    kind: KINDS.get(account.type) ?? 'other',
    name,
    // Holders are in another call with a scope of its own.
    holderName: null,
    currency: balances[0]?.money.currency ?? NO_CURRENCY,
    iban: iban === null ? null : new Opened(iban.replaceAll(/\s/g, '').toUpperCase()),
    number: number === null ? null : new Opened(number),
    balances,
    asOf,
  };
}

/** @returns `undefined` for one without any day: it cannot be placed. */
export function toTransaction(transaction: TinkTransaction): ProviderTransaction | undefined {
  const { bookedDay, madeDay, valueDay, amount: money, description } = transaction;
  const booked = isBooked(transaction);
  const day = booked ? (bookedDay ?? madeDay ?? valueDay) : (madeDay ?? bookedDay ?? valueDay);
  if (day === null) return undefined;
  return {
    accountVendorId: new Opened(transaction.accountId),
    vendorId: new Opened(transaction.id),
    status: booked ? 'booked' : 'pending',
    money,
    day,
    valueDay,
    description,
    counterparty: money.amount.startsWith('-') ? transaction.payee : transaction.payer,
    balanceAfter: null,
  };
}

/** The word; where it is none that we know, only what has a booking day is booked. */
function isBooked({ status, bookedDay }: TinkTransaction): boolean {
  return status === 'BOOKED' || (status !== 'PENDING' && bookedDay !== null);
}

function balance(kind: BalanceKind, money: Money | null): readonly ProviderBalance[] {
  return money ? [{ kind, money }] : [];
}
