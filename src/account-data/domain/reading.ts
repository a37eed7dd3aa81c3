import type { BankDay } from '../../credentials/account-data.js';
import type { IncomingAccount } from './account.js';
import type { HoldingFacts } from './holding.js';
import type { IncomingTransaction } from './transaction.js';

/** Still under the vendor's account. */
export type OfVendorAccount<T extends { readonly accountId: string }> = Omit<T, 'accountId'> & {
  readonly accountLookup: string;
};

/** What one run read of a provider, cleaned, with keyed hashes instead of the vendor's ids. */
export interface IncomingReading {
  readonly accounts: readonly IncomingAccount[];
  readonly transactions: readonly OfVendorAccount<IncomingTransaction>[];
  readonly holdings: readonly OfVendorAccount<HoldingFacts>[];
  /** Rows that the provider could not read, or that break the contract (amount, day), and were left out. */
  readonly unsound: number;
}

export type Group = 'accounts' | 'transactions' | 'holdings';

/** Which part of a reading this is. */
export interface ReadingExtent {
  readonly since: BankDay | null;
  /** It begins with the first page, which has every account and holding. */
  readonly first: boolean;
  /** It ends with the last page. */
  readonly last: boolean;
  /** Groups that the vendor could not give. */
  readonly missing: ReadonlySet<Group>;
}
