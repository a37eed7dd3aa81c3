import type { Money } from '../../credentials/account-data.js';
import { canonical } from './decimal.js';

export interface HoldingFacts {
  readonly accountId: string;
  readonly vendorLookup: string | null;
  readonly name: string;
  readonly isin: string | null;
  readonly quantity: string | null;
  readonly price: Money | null;
  readonly marketValue: Money | null;
  readonly costBasis: Money | null;
  readonly asOf: Date | null;
}

export interface KnownHolding extends HoldingFacts {
  readonly id: string;
}

export interface HoldingMerge {
  readonly added: readonly HoldingFacts[];
  readonly changed: readonly KnownHolding[];
  readonly removed: readonly string[];
  /** Only the vendor's time is new. */
  readonly touched: readonly { readonly id: string; readonly asOf: Date | null }[];
}

/** @param whole the reading has all holdings: what it lacks was sold. */
export function mergeHoldings(
  known: readonly KnownHolding[],
  incoming: readonly HoldingFacts[],
  whole: boolean,
): HoldingMerge {
  const free = new Set(known);
  const merge = { added: [] as HoldingFacts[], changed: [] as KnownHolding[], touched: [] as KnownHolding[] };
  for (const theirs of incoming) {
    const ours = [...free].find((each) => isSame(each, theirs)) ?? [...free].find((each) => isAlike(each, theirs));
    if (!ours) {
      merge.added.push(theirs);
      continue;
    }
    free.delete(ours);
    const next = { ...theirs, id: ours.id };
    if (fingerprint(ours) !== fingerprint(theirs)) merge.changed.push(next);
    else if (ours.asOf?.getTime() !== theirs.asOf?.getTime()) merge.touched.push(next);
  }
  return { ...merge, removed: whole ? [...free].map(({ id }) => id) : [] };
}

function isSame(ours: HoldingFacts, theirs: HoldingFacts): boolean {
  return ours.accountId === theirs.accountId && ours.vendorLookup !== null && ours.vendorLookup === theirs.vendorLookup;
}

/** Without an id, or with one of a reading before a renewal. */
function isAlike(ours: HoldingFacts, theirs: HoldingFacts): boolean {
  return ours.accountId === theirs.accountId && ours.isin === theirs.isin && ours.name === theirs.name;
}

function fingerprint({ vendorLookup, name, isin, quantity, price, marketValue, costBasis }: HoldingFacts): string {
  const money = [price, marketValue, costBasis].map((each) => each && `${canonical(each.amount)} ${each.currency}`);
  return JSON.stringify([vendorLookup, name, isin, quantity && canonical(quantity), ...money]);
}
