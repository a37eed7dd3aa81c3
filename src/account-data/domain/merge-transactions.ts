import { matchTransactions, type ReadingFacts } from './match-transactions.js';
import {
  contentOf,
  transactionChanged,
  type IncomingTransaction,
  type KnownTransaction,
  type TransactionFacts,
} from './transaction.js';

/** A row to write. `content` and `ordinal` are its identity where the vendor gives none. */
export interface TransactionWrite {
  readonly facts: TransactionFacts;
  /** From which it was made. */
  readonly source: IncomingTransaction;
  readonly content: string | null;
  readonly ordinal: number | null;
}

export interface TransactionMerge {
  readonly added: readonly TransactionWrite[];
  readonly changed: readonly (TransactionWrite & { readonly id: string })[];
  readonly removed: readonly string[];
}

/** What must be written so that our transactions are those of the reading. Empty when a reading says nothing new. */
export function mergeTransactions(
  known: readonly KnownTransaction[],
  incoming: readonly IncomingTransaction[],
  reading: ReadingFacts,
): TransactionMerge {
  const { matches, added, removed } = matchTransactions(known, incoming, reading);
  const ordinals = new Ordinals(known);
  const changes = matches.filter(([ours, theirs]) => transactionChanged(ours, theirs));
  return {
    changed: changes.map(([ours, theirs]) => ({ id: ours.id, ...ordinals.identify(theirs, ours) })),
    added: added.map((theirs) => ordinals.identify(theirs)),
    removed: removed.map(({ id }) => id),
  };
}

/** Numbers those of equal content. A number that is in use before the merge is not given again within it. */
class Ordinals {
  private readonly used = new Map<string, Set<number>>();

  constructor(known: readonly KnownTransaction[]) {
    for (const ours of known) if (ours.ordinal !== null) this.inUse(ours).add(ours.ordinal);
  }

  identify(theirs: IncomingTransaction, ours?: KnownTransaction): TransactionWrite {
    const { replacesLookup: _replaces, ...facts } = theirs;
    if (facts.vendorLookup !== null) return { facts, source: theirs, content: null, ordinal: null };
    const content = contentOf(facts);
    const keeps = ours?.ordinal !== undefined && ours.ordinal !== null && contentOf(ours) === content;
    return { facts, source: theirs, content, ordinal: keeps ? ours.ordinal : this.next(facts) };
  }

  private next(facts: TransactionFacts): number {
    const used = this.inUse(facts);
    let ordinal = used.size;
    while (used.has(ordinal)) ordinal += 1;
    used.add(ordinal);
    return ordinal;
  }

  private inUse(facts: TransactionFacts): Set<number> {
    const key = `${facts.accountId} ${contentOf(facts)}`;
    const used = this.used.get(key) ?? new Set<number>();
    this.used.set(key, used);
    return used;
  }
}
