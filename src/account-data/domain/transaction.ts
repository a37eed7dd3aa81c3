import type { BankDay } from '../../credentials/account-data.js';
import { canonical, sameDecimal } from './decimal.js';
import { normalised } from './text.js';

export interface TransactionFacts {
  readonly accountId: string;
  /** Keyed hash of the vendor's id; `null` = it gives none. */
  readonly vendorLookup: string | null;
  readonly status: 'booked' | 'pending';
  readonly amount: string;
  readonly currency: string;
  readonly day: BankDay;
  readonly valueDay: BankDay | null;
  readonly description: string;
  readonly counterparty: string | null;
  readonly balanceAfter: string | null;
}

export interface IncomingTransaction extends TransactionFacts {
  /** Of the pending one that this booked one replaces, where the vendor says so. */
  readonly replacesLookup: string | null;
}

export interface KnownTransaction extends TransactionFacts {
  readonly id: string;
  /** Tells those of equal content apart that have no vendor's id. */
  readonly ordinal: number | null;
  /** An earlier part of this same reading brought it, so the rest of the reading brings others. */
  readonly seenInReading: boolean;
}

/**
 * What makes a transaction recognisable without an id. The counterparty is left out: banks add it days later, and
 * those that differ in nothing else are told apart by their number.
 */
export function contentOf({ day, amount, currency, description }: TransactionFacts): string {
  return [day, canonical(amount), currency, normalised(description)].join('\u0001');
}

export function transactionChanged(known: KnownTransaction, incoming: IncomingTransaction): boolean {
  return (
    known.vendorLookup !== incoming.vendorLookup ||
    known.status !== incoming.status ||
    known.currency !== incoming.currency ||
    known.day !== incoming.day ||
    known.valueDay !== incoming.valueDay ||
    known.description !== incoming.description ||
    known.counterparty !== incoming.counterparty ||
    !sameDecimal(known.amount, incoming.amount) ||
    !sameDecimal(known.balanceAfter, incoming.balanceAfter)
  );
}
