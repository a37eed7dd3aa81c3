import { Injectable } from '@nestjs/common';

import type { BankDay, ProviderAccount } from '../credentials/account-data.js';
import type { Connection } from '../connections/domain/connection.js';
import { Ids } from '../platform/ids/ids.js';
import { Clock } from '../platform/time/clock.js';
import { dayOf, earliest, latest } from './domain/day.js';
import { ofUnlisted, planAccounts, planRows, type AccountPlan, type RowPlan } from './domain/plan-merge.js';
import type { IncomingReading, ReadingExtent } from './domain/reading.js';
import type { ReadingClaim, ReadingEnd } from './persistence/data-reading.repository.js';
import { KnownDataRepository, type KnownData } from './persistence/known-data.repository.js';
import { ReadingMapper } from './persistence/reading.mapper.js';
import type { PagesRead } from './read-pages.js';

export interface PlannedReading {
  readonly incoming: IncomingReading;
  readonly accounts: AccountPlan;
  readonly rows: RowPlan;
  readonly end: ReadingEnd;
  readonly sources: ReadonlyMap<string, ProviderAccount>;
  readonly now: Date;
}

/** What a reading found, here and there. */
interface ReadingFound extends Pick<PlannedReading, 'incoming' | 'accounts'>, Pick<ReadingExtent, 'missing'> {
  readonly known: KnownData;
}

/** Compares what was read with what is here. Reads, writes nothing. */
@Injectable()
export class PlanReading {
  constructor(
    private readonly known: KnownDataRepository,
    private readonly mapper: ReadingMapper,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  async run(connection: Connection, claim: ReadingClaim, read: PagesRead): Promise<PlannedReading> {
    const now = this.clock.now();
    const incoming = this.mapper.toIncoming(connection.id, read);
    const from = earliest(incoming.transactions.map(({ day }) => day));
    const known = await this.known.of(connection.id, from, claim.hasParts ? claim.startedAt : null);
    // Of the whole reading so far: the part that ends it says nothing of those before it. Where not one transaction can
    // be read, none were given.
    const missing = new Set([...claim.missing, ...read.missing]);
    if (read.unreadable > 0 && read.transactions.length === 0) missing.add('transactions');
    const extent = { since: claim.since, first: !claim.hasParts, last: read.next === null, missing };
    const accounts = planAccounts(known.accounts, incoming.accounts, extent, () => this.ids.next());
    const transactions = [...known.transactions, ...(await this.moved(known, incoming, from))];
    const rows = planRows({ ...known, transactions }, incoming, accounts, extent);
    const end = read.next
      ? unfinished(claim, read, { missing, mustReadAll: mustReadAll(claim, accounts) }, now)
      : await this.finished(connection, claim, read.asOf, { known, incoming, accounts, missing }, now);
    const sources = new Map(
      read.accounts.map((each) => [this.mapper.accountLookup(connection.id, each.vendorId), each]),
    );
    return { incoming, accounts, rows, end, sources, now };
  }

  /** Costs a statement only where a reading brings an id that is new among the days it covers. */
  private async moved(known: KnownData, { transactions }: IncomingReading, from: BankDay | null) {
    if (from === null || known.accounts.length === 0) return [];
    const here = new Set(known.transactions.map(({ vendorLookup }) => vendorLookup));
    const unknown = transactions.flatMap(({ vendorLookup }) => (here.has(vendorLookup) ? [] : (vendorLookup ?? [])));
    if (unknown.length === 0) return [];
    return this.known.moved(
      known.accounts.map(({ id }) => id),
      unknown,
      from,
    );
  }

  private async finished(
    { id, dataAsOf }: Connection,
    claim: ReadingClaim,
    asOf: Date | null,
    { known, incoming, accounts, missing }: ReadingFound,
    now: Date,
  ): Promise<ReadingEnd> {
    const loaded = { loadedAsOf: dataAsOf, asOf: asOf ?? dataAsOf, missing: [...missing] };
    const end = { ...NOTHING_OPEN, loaded, bookedUntil: claim.bookedUntil, pendingFrom: claim.pendingFrom };
    if (mustReadAll(claim, accounts)) return { ...end, bookedUntil: null, nextAttemptAt: now };
    if (missing.has('transactions')) return end;
    const today = dayOf(now);
    const booked = incoming.transactions.filter(({ status, day }) => status === 'booked' && day <= today);
    const earlier = claim.hasParts ? await this.known.bookedUntil(id, today) : claim.bookedUntil;
    const older = claim.hasParts ? known.transactions : ofUnlisted(known.transactions, accounts);
    const pending = [...incoming.transactions, ...older].filter(({ status }) => status === 'pending');
    return {
      ...end,
      bookedUntil: latest([earlier, ...booked.map(({ day }) => day)]),
      pendingFrom: earliest(pending.map(({ day }) => day)),
    };
  }
}

const NOTHING_OPEN = {
  ...{ cursor: null, since: null, startedAt: null, hasParts: false, missing: [], notBefore: null, nextAttemptAt: null },
} as const;

/**
 * Of a newcomer, a reading brings only the days since the last one: then comes the rest. Between its parts, and if it
 * fails, the row knows this by having no newest booked day.
 */
function mustReadAll({ since, bookedUntil }: ReadingClaim, accounts: AccountPlan): boolean {
  return since !== null && (bookedUntil === null || accounts.hasNewcomer);
}

/** The newest booked day stays as it was: should this reading never end, the next one begins where this one did. */
function unfinished(
  claim: ReadingClaim,
  read: PagesRead,
  found: Pick<ReadingExtent, 'missing'> & { readonly mustReadAll: boolean },
  now: Date,
): ReadingEnd {
  const retryAt = read.next?.retryAt ?? null;
  return {
    loaded: null,
    bookedUntil: found.mustReadAll ? null : claim.bookedUntil,
    pendingFrom: claim.pendingFrom,
    cursor: read.next?.cursor ?? null,
    since: claim.since,
    startedAt: claim.startedAt ?? now,
    hasParts: claim.hasParts || read.pages > 0,
    missing: [...found.missing],
    notBefore: retryAt,
    nextAttemptAt: retryAt ?? now,
  };
}
