import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { Outbox } from '../webhooks/outbound/outbox.js';
import { mergeTransactions } from './domain/merge-transactions.js';
import type { IncomingTransaction, KnownTransaction } from './domain/transaction.js';
import { AccountDataWriter } from './persistence/account-data.writer.js';
import { AccountMatchRepository } from './persistence/account-match.repository.js';
import { DataReadingRepository } from './persistence/data-reading.repository.js';
import { KnownDataRepository } from './persistence/known-data.repository.js';

/** More rows than any account has. */
const MAX_ROWS = 200_000;

/** Makes one account of two: the older id stays, and of a transaction that both have, one remains. */
@Injectable()
export class MergeAccounts {
  constructor(
    private readonly readings: DataReadingRepository,
    private readonly known: KnownDataRepository,
    private readonly matches: AccountMatchRepository,
    private readonly writer: AccountDataWriter,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @returns whose accounts they are. @throws Failure `account.not_found` when one of them is gone */
  async run(manager: EntityManager, connectionId: string, keptId: string, goneId: string): Promise<string> {
    const now = this.clock.now();
    // First: a load that is under way has compared with what is about to change, so it must not write.
    await this.readings.startOver(manager, connectionId, now);
    const kept = await this.matches.account(manager, connectionId, keptId);
    const gone = await this.matches.account(manager, connectionId, goneId);
    if (!kept || !gone) throw new Failure('account.not_found', { detail: 'One of the accounts is gone.' });
    const ours = await this.known.ofAccount(manager, keptId, MAX_ROWS);
    const theirs = await this.known.ofAccount(manager, goneId, MAX_ROWS);
    const merge = mergedRows(ours, theirs, keptId);
    await this.writer.writeTransactions(manager, merge, { connectionId, now });
    await this.matches.takeOver(manager, kept, gone);
    const { changed, removed } = merge;
    const transactions = { added: 0, changed: changed.length, removed: removed.length };
    const data = { connectionId, accounts: { added: 0, changed: 1 }, transactions, holdings: { changed: 0 } };
    await this.outbox.add(manager, { type: 'connection.data_updated', userId: kept.userId, connectionId, data });
    return kept.userId;
  }
}

/** What only the other account has moves over with its id; what both have is brought up to date and goes there. */
function mergedRows(ours: readonly KnownTransaction[], theirs: readonly KnownTransaction[], keptId: string) {
  const idOf = new Map<IncomingTransaction, string>();
  for (const { id, ordinal: _ordinal, seenInReading: _seen, ...facts } of theirs) {
    idOf.set({ ...facts, accountId: keptId, replacesLookup: null }, id);
  }
  const reading = { whole: false, since: null, reidentified: new Set([keptId]) };
  const { added, changed } = mergeTransactions(ours, [...idOf.keys()], reading);
  const moved = added.flatMap((write) => {
    const id = idOf.get(write.source);
    return id === undefined ? [] : [{ ...write, id }];
  });
  const movedIds = new Set(moved.map(({ id }) => id));
  const removed = theirs.map(({ id }) => id).filter((id) => !movedIds.has(id));
  return { added: [], changed: [...changed, ...moved], removed };
}
