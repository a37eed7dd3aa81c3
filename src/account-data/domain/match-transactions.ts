import type { BankDay } from '../../credentials/account-data.js';
import { daysBetween } from './day.js';
import { canonical } from './decimal.js';
import { likeness, SIMILAR } from './text.js';
import { contentOf, type IncomingTransaction, type KnownTransaction } from './transaction.js';

/** Days between a pending transaction and its booking. */
const BOOKED_WITHIN_DAYS = 7;

export interface ReadingFacts {
  /** Nothing of the reading came before or comes after: what it lacks is gone. */
  readonly whole: boolean;
  /** The vendor gave the transactions of this day and later; `null` = all. */
  readonly since: BankDay | null;
  /** Accounts to which the vendor gave a new id in this reading. */
  readonly reidentified: ReadonlySet<string>;
}

export interface TransactionMatching {
  readonly matches: readonly (readonly [KnownTransaction, IncomingTransaction])[];
  readonly added: readonly IncomingTransaction[];
  /** Pending ones that the reading no longer has. Booked ones stay, whatever the reading lacks. */
  readonly removed: readonly KnownTransaction[];
}

/** Finds the transactions of a reading among ours, best evidence first. Each of ours is found at most once. */
export function matchTransactions(
  known: readonly KnownTransaction[],
  incoming: readonly IncomingTransaction[],
  reading: ReadingFacts,
): TransactionMatching {
  const rest = new Rest(known, withoutRepeats(incoming));
  rest.pair(vendorKey, vendorKey);
  rest.pair(
    (ours) => (ours.status === 'pending' ? vendorKey(ours) : null),
    ({ accountId, status, replacesLookup }) =>
      status === 'booked' && replacesLookup ? `${accountId} ${replacesLookup}` : null,
  );
  // The same in every letter first, so that of several alike each finds itself.
  for (const key of [letterKey, exactKey, contentKey]) {
    rest.pair(
      (ours) => (ours.vendorLookup === null && !ours.seenInReading ? key(ours) : null),
      (theirs) => key(theirs),
    );
    rest.pair(
      (ours) => (ours.seenInReading ? null : key(ours)),
      (theirs) => (mayHaveNewId(theirs, reading) ? key(theirs) : null),
    );
  }
  if (reading.whole) pairBookings(rest);
  const removed = reading.whole ? rest.known.filter(({ status }) => status === 'pending') : [];
  return { matches: rest.matches, added: rest.incoming, removed };
}

/** An id that we do not know, on a transaction that we do: the vendor says nothing else of the one that we know. */
function mayHaveNewId(theirs: IncomingTransaction, { whole, since, reidentified }: ReadingFacts): boolean {
  if (theirs.vendorLookup === null || reidentified.has(theirs.accountId)) return true;
  // The first day of a reading may be cut: the one that we know may be on its other side.
  return whole && (since === null || theirs.day > since);
}

function vendorKey({ accountId, vendorLookup }: KnownTransaction | IncomingTransaction): string | null {
  return vendorLookup && `${accountId} ${vendorLookup}`;
}

function contentKey(transaction: KnownTransaction | IncomingTransaction): string {
  return `${transaction.accountId} ${transaction.status} ${contentOf(transaction)}`;
}

function letterKey(transaction: KnownTransaction | IncomingTransaction): string {
  return JSON.stringify([exactKey(transaction), transaction.description]);
}

function exactKey(transaction: KnownTransaction | IncomingTransaction): string {
  const { counterparty, balanceAfter } = transaction;
  return JSON.stringify([contentKey(transaction), counterparty, balanceAfter && canonical(balanceAfter)]);
}

/** A vendor that repeats an id within a reading means one transaction; what is booked counts. */
function withoutRepeats(incoming: readonly IncomingTransaction[]): IncomingTransaction[] {
  const byId = new Map<string, IncomingTransaction>();
  const without: IncomingTransaction[] = [];
  for (const transaction of incoming) {
    const key = vendorKey(transaction);
    if (key === null) without.push(transaction);
    else if (byId.get(key)?.status !== 'booked' || transaction.status === 'booked') byId.set(key, transaction);
  }
  return [...byId.values(), ...without];
}

/** What has not found its like yet, on both sides. */
class Rest {
  readonly matches: (readonly [KnownTransaction, IncomingTransaction])[] = [];
  private readonly free: Set<KnownTransaction>;
  incoming: IncomingTransaction[];

  constructor(known: readonly KnownTransaction[], incoming: readonly IncomingTransaction[]) {
    this.free = new Set(known);
    this.incoming = [...incoming];
  }

  get known(): KnownTransaction[] {
    return [...this.free];
  }

  pair(
    keyOfKnown: (known: KnownTransaction) => string | null,
    keyOfIncoming: (incoming: IncomingTransaction) => string | null,
  ): void {
    if (this.free.size === 0 || this.incoming.length === 0) return;
    const waiting = Map.groupBy(this.free, keyOfKnown);
    this.incoming = this.incoming.filter((theirs) => {
      const key = keyOfIncoming(theirs);
      const ours = key === null ? undefined : waiting.get(key)?.shift();
      if (ours) this.match(ours, theirs);
      return !ours;
    });
  }

  match(ours: KnownTransaction, theirs: IncomingTransaction): void {
    this.free.delete(ours);
    this.matches.push([ours, theirs]);
  }
}

/** A pending transaction that is gone and a booked one that is new: the same, if they are alike enough. */
function pairBookings(rest: Rest): void {
  const sameMoney = ({ accountId, amount, currency }: KnownTransaction | IncomingTransaction) =>
    `${accountId} ${canonical(amount)} ${currency}`;
  const booked = Map.groupBy(
    rest.incoming.filter(({ status }) => status === 'booked'),
    sameMoney,
  );
  const candidates = rest.known
    .filter(({ status }) => status === 'pending')
    .flatMap((ours) =>
      (booked.get(sameMoney(ours)) ?? []).map((theirs) => ({ ours, theirs, ...closeness(ours, theirs) })),
    )
    .filter(({ days, alike }) => days <= BOOKED_WITHIN_DAYS && alike >= SIMILAR)
    .sort((one, other) => other.alike - one.alike || one.days - other.days);
  const used = new Set<KnownTransaction | IncomingTransaction>();
  for (const { ours, theirs } of candidates) {
    if (used.has(ours) || used.has(theirs)) continue;
    used.add(ours).add(theirs);
    rest.match(ours, theirs);
  }
  rest.incoming = rest.incoming.filter((theirs) => !used.has(theirs));
}

function closeness(ours: KnownTransaction, theirs: IncomingTransaction): { days: number; alike: number } {
  return { days: daysBetween(ours.day, theirs.day), alike: likeness(ours.description, theirs.description) };
}
