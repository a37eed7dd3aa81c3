import type { AccountKind, BalanceKind } from '../../credentials/account-data.js';
import { canonical } from './decimal.js';

export interface Balance {
  readonly kind: BalanceKind;
  readonly amount: string;
  readonly currency: string;
}

/** What may change from reading to reading. */
export interface AccountFacts {
  readonly kind: AccountKind;
  readonly name: string | null;
  readonly holderName: string | null;
  /** ISO 4217. */
  readonly currency: string;
  readonly balances: readonly Balance[];
  /** The vendor's time of the balances. */
  readonly asOf: Date | null;
}

/** By what an account is recognised. Keyed hashes: equal ones stand for equal texts of one connection. */
export interface AccountKeys {
  readonly vendorLookup: string;
  readonly ibanLookup: string | null;
  readonly numberLookup: string | null;
  /** The number shows its last digits only: other accounts may look the same. */
  readonly numberMasked: boolean;
}

export interface IncomingAccount extends AccountFacts, AccountKeys {}

export interface KnownAccount extends AccountFacts, AccountKeys {
  readonly id: string;
  readonly closedAt: Date | null;
  readonly lastSeenAt: Date;
}

/** Has anything but the vendor's time changed? */
export function accountChanged(known: KnownAccount, incoming: IncomingAccount): boolean {
  return known.closedAt !== null || fingerprint(known) !== fingerprint(incoming);
}

function fingerprint(account: AccountFacts & AccountKeys): string {
  const { vendorLookup, ibanLookup, numberLookup, kind, name, holderName, currency } = account;
  const balances = account.balances
    .map((balance) => [balance.kind, balance.currency, canonical(balance.amount)].join(' '))
    .sort();
  return JSON.stringify([vendorLookup, ibanLookup, numberLookup, kind, name, holderName, currency, balances]);
}

const MASK = /[*xX•#…]+/gu;

/** One spelling of an account's number: without spaces and dashes, any mask as one star. */
export function spelledNumber(number: string): string {
  return number
    .replaceAll(/[\s-]+/gu, '')
    .replaceAll(MASK, '*')
    .toUpperCase();
}

/** Four digits or fewer say as little as a mask. */
export function isMasked(number: string): boolean {
  const spelled = spelledNumber(number);
  return spelled.includes('*') || spelled.length <= 4;
}
