import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { connectionTag, userTag } from '../cache/keys.js';
import { TaggedCache } from '../cache/tagged-cache.js';
import type { Connection } from '../connections/domain/connection.js';
import { Outbox } from '../webhooks/outbound/outbox.js';
import { changesOf, isNothing, type LoadChanges } from './domain/load-result.js';
import { PlanReading, type PlannedReading } from './plan-reading.js';
import { AccountDataWriter } from './persistence/account-data.writer.js';
import { DataReadingRepository, type ReadingClaim } from './persistence/data-reading.repository.js';
import type { PagesRead } from './read-pages.js';

/** Brings what was read into the database: all of it with its event, or nothing. */
@Injectable()
export class MergeReading {
  private readonly log = new Logger(MergeReading.name);

  constructor(
    private readonly database: DataSource,
    private readonly planning: PlanReading,
    private readonly readings: DataReadingRepository,
    private readonly writer: AccountDataWriter,
    private readonly outbox: Outbox,
    private readonly cache: TaggedCache,
  ) {}

  /** @returns `null` when the claim was lost or the connection deleted meanwhile: nothing is written. */
  async run(connection: Connection, claim: ReadingClaim, read: PagesRead): Promise<LoadChanges | null> {
    const plan = await this.planning.run(connection, claim, read);
    const changes = changesOf(plan.accounts, plan.rows);
    const { unsound } = plan.incoming;
    if (unsound + plan.rows.orphans > 0) {
      const facts = { connectionId: connection.id, provider: connection.provider, unsound };
      this.log.warn({ ...facts, orphans: plan.rows.orphans }, 'a provider gave rows that cannot be kept');
    }
    const isWritten = isNothing(changes)
      ? await this.finish(this.database.manager, claim, plan)
      : await this.database.transaction(async (manager) => this.write(manager, connection, claim, plan, changes));
    if (!isWritten) return null;
    await this.cache.invalidate([connectionTag(connection.id), userTag(connection.userId)]);
    return changes;
  }

  private async write(
    manager: EntityManager,
    connection: Connection,
    claim: ReadingClaim,
    plan: PlannedReading,
    changes: LoadChanges,
  ): Promise<boolean> {
    if (!(await this.finish(manager, claim, plan))) return false;
    const { id: connectionId, userId } = connection;
    const context = { connectionId, userId, now: plan.now, sources: plan.sources };
    await this.writer.writeAccounts(manager, plan.accounts, context);
    await this.writer.writeTransactions(manager, plan.rows.transactions, context);
    await this.writer.writeHoldings(manager, plan.rows.holdings, context);
    const asOf = (plan.end.loaded?.asOf ?? connection.dataAsOf)?.toISOString() ?? null;
    const data = { connectionId, asOf, ...changes };
    await this.outbox.add(manager, { type: 'connection.data_updated', userId, connectionId, data });
    return true;
  }

  private async finish(manager: EntityManager, claim: ReadingClaim, plan: PlannedReading): Promise<boolean> {
    const touches = { accounts: plan.accounts.touched, holdings: plan.rows.holdings.touched };
    return this.readings.finish(manager, claim, plan.end, touches, plan.now);
  }
}
