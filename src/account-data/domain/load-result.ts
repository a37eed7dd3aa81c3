import type { AccountPlan, RowPlan } from './plan-merge.js';

/** What a load changed. */
export interface LoadChanges {
  readonly accounts: { readonly added: number; readonly changed: number };
  readonly transactions: { readonly added: number; readonly changed: number; readonly removed: number };
  readonly holdings: { readonly changed: number };
}

export function changesOf({ added, changed, closed }: AccountPlan, { transactions, holdings }: RowPlan): LoadChanges {
  return {
    accounts: { added: added.length, changed: changed.length + closed.length },
    transactions: {
      added: transactions.added.length,
      changed: transactions.changed.length,
      removed: transactions.removed.length,
    },
    holdings: { changed: holdings.added.length + holdings.changed.length + holdings.removed.length },
  };
}

export function isNothing({ accounts, transactions, holdings }: LoadChanges): boolean {
  return [...Object.values(accounts), ...Object.values(transactions), holdings.changed].every((count) => count === 0);
}
