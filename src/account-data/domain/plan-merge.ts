import { accountChanged, type IncomingAccount, type KnownAccount } from './account.js';
import { mergeHoldings, type HoldingFacts, type HoldingMerge, type KnownHolding } from './holding.js';
import { matchAccounts } from './match-accounts.js';
import { mergeTransactions, type TransactionMerge } from './merge-transactions.js';
import type { IncomingReading, OfVendorAccount, ReadingExtent } from './reading.js';
import type { IncomingTransaction, KnownTransaction } from './transaction.js';

export interface AccountPlan {
  readonly added: readonly { readonly id: string; readonly incoming: IncomingAccount }[];
  readonly changed: readonly { readonly id: string; readonly incoming: IncomingAccount }[];
  /** Only the vendor's time may be new. */
  readonly touched: readonly { readonly id: string; readonly asOf: Date | null }[];
  readonly closed: readonly string[];
  readonly questions: readonly { readonly accountId: string; readonly candidates: readonly string[] }[];
  /** Our id by the vendor's. */
  readonly idByLookup: ReadonlyMap<string, string>;
  readonly reidentified: ReadonlySet<string>;
  /** Of an account that is new to us, or that comes back, days before this reading are not here. */
  readonly hasNewcomer: boolean;
  /** Ours that the list of accounts lacks and that may be there all the same, as it was not whole. */
  readonly unlisted: ReadonlySet<string>;
}

/** @param nextId gives a new id. */
export function planAccounts(
  known: readonly KnownAccount[],
  incoming: readonly IncomingAccount[],
  { first, missing }: ReadingExtent,
  nextId: () => string,
): AccountPlan {
  const once = [...new Map(incoming.map((account) => [account.vendorLookup, account])).values()];
  const { matches, added, vanished } = matchAccounts(known, once);
  const fresh = added.map(({ incoming: account, candidates }) => ({ id: nextId(), incoming: account, candidates }));
  const changed = matches.filter((match) => accountChanged(match.known, match.incoming));
  const same = matches.filter((match) => !changed.includes(match));
  return {
    added: fresh,
    changed: changed.map((match) => ({ id: match.known.id, incoming: match.incoming })),
    touched: same.map((match) => ({ id: match.known.id, asOf: match.incoming.asOf })),
    closed: first && !missing.has('accounts') ? vanished.filter((each) => !each.closedAt).map(({ id }) => id) : [],
    questions: fresh
      .filter(({ candidates }) => candidates.length > 0)
      .map(({ id, candidates }) => ({ accountId: id, candidates })),
    idByLookup: new Map([
      ...known.map(({ vendorLookup, id }): [string, string] => [vendorLookup, id]),
      ...matches.map((match): [string, string] => [match.incoming.vendorLookup, match.known.id]),
      ...fresh.map((account): [string, string] => [account.incoming.vendorLookup, account.id]),
    ]),
    reidentified: new Set(matches.filter(({ reidentified }) => reidentified).map((match) => match.known.id)),
    hasNewcomer: fresh.length > 0 || matches.some((match) => wasAway(match.known, known)),
    unlisted: new Set(missing.has('accounts') ? vanished.map(({ id }) => id) : []),
  };
}

/** Closed, or not in the last list of accounts: while it was away the window went on with the others. */
function wasAway({ closedAt, lastSeenAt }: KnownAccount, all: readonly KnownAccount[]): boolean {
  return closedAt !== null || all.some((other) => other.lastSeenAt > lastSeenAt);
}

export interface KnownRows {
  readonly transactions: readonly KnownTransaction[];
  readonly holdings: readonly KnownHolding[];
}

export interface RowPlan {
  readonly transactions: TransactionMerge;
  readonly holdings: HoldingMerge;
  /** Rows of accounts that nobody listed. */
  readonly orphans: number;
}

export function planRows(
  known: KnownRows,
  incoming: IncomingReading,
  accounts: AccountPlan,
  { since, first, last, missing }: ReadingExtent,
): RowPlan {
  const transactions = owned(incoming.transactions, accounts, ownTransaction);
  const holdings = owned(incoming.holdings, accounts, ownHolding);
  const whole = first && last && !missing.has('transactions');
  const merge = mergeTransactions(known.transactions, transactions, {
    ...{ whole, since, reidentified: accounts.reidentified },
  });
  const kept = new Set(ofUnlisted(known.transactions, accounts).map(({ id }) => id));
  return {
    transactions: { ...merge, removed: merge.removed.filter((id) => !kept.has(id)) },
    holdings: mergeHoldings(known.holdings, holdings, first && !missing.has('holdings')),
    orphans: incoming.transactions.length + incoming.holdings.length - transactions.length - holdings.length,
  };
}

/** Of these a reading says nothing. */
export function ofUnlisted(known: readonly KnownTransaction[], { unlisted }: AccountPlan): readonly KnownTransaction[] {
  return known.filter(({ accountId }) => unlisted.has(accountId));
}

/** Leaves out the rows of accounts that nobody listed. */
function owned<Row extends { readonly accountLookup: string }, Owned>(
  rows: readonly Row[],
  { idByLookup }: AccountPlan,
  own: (row: Row, accountId: string) => Owned,
): Owned[] {
  return rows.flatMap((row) => {
    const accountId = idByLookup.get(row.accountLookup);
    return accountId === undefined ? [] : [own(row, accountId)];
  });
}

function ownTransaction(
  { accountLookup: _accountLookup, ...facts }: OfVendorAccount<IncomingTransaction>,
  accountId: string,
): IncomingTransaction {
  return { ...facts, accountId };
}

function ownHolding(
  { accountLookup: _accountLookup, ...facts }: OfVendorAccount<HoldingFacts>,
  accountId: string,
): HoldingFacts {
  return { ...facts, accountId };
}
