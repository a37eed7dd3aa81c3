import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { ConnectionChanges, type ConnectionChange } from '../connections/connection-changes.js';
import type { Connection } from '../connections/domain/connection.js';
import { JobQueue, type JobKind } from '../platform/queue/job-queue.js';
import { JobWorkers } from '../platform/queue/job-workers.js';
import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { LoadAccountData } from './load-account-data.js';
import { PurgeAccountData } from './purge-account-data.js';
import { MAX_READING_MS } from './read-pages.js';

const CONCURRENCY = 10;

export interface DataJob {
  readonly connectionId: string;
  /** Load also when the date of the data is the one that is known. */
  readonly forced?: boolean;
}

/** One queue for each provider, so that a slow one holds up nobody else. */
export function dataJobOf(provider: string): JobKind<DataJob> {
  return {
    name: `data.${provider}`,
    // The job of a dead worker is begun again after this. Its last page and the writes come on top of the reading.
    expireInSeconds: MAX_READING_MS / 1_000 + 60,
    retryLimit: 5,
    retryDelaySeconds: 5,
    retryDelayMaxSeconds: 120,
    onePerKey: true,
  };
}

/** Loads when a connection has new data, forgets when it is deleted: both in the transaction of the change. */
@Injectable()
export class DataJobs implements OnModuleInit {
  constructor(
    private readonly changes: ConnectionChanges,
    private readonly registry: ProviderRegistry,
    private readonly queue: JobQueue,
    private readonly workers: JobWorkers,
    private readonly load: LoadAccountData,
    private readonly purge: PurgeAccountData,
  ) {}

  onModuleInit(): void {
    this.changes.follow(async (manager, change) => this.after(manager, change));
    for (const { id, data } of this.registry.all()) {
      if (!data) continue;
      this.workers.handle(dataJobOf(id), async (job, signal) => this.handle(job, signal), { concurrency: CONCURRENCY });
    }
  }

  private async after(manager: EntityManager, change: ConnectionChange): Promise<void> {
    const { id, provider, state } = change.after;
    if (state === 'deleted') {
      if (change.before?.state !== 'deleted') await this.purge.run(id, manager);
    } else if (this.registry.get(provider)?.data && (hasNewData(change) || hasNewCredential(change))) {
      const data = { connectionId: id, forced: hasNewCredential(change) };
      await this.queue.send(dataJobOf(provider), { data, key: id }, manager);
    }
  }

  /** Throwing leaves the job to its next attempt: whoever reads now may have begun before the news. */
  private async handle({ connectionId, forced = false }: DataJob, signal: AbortSignal): Promise<void> {
    const { outcome } = await this.load.run(connectionId, { signal, force: forced });
    if (outcome === 'busy') throw new Error('Another process reads this connection.');
  }
}

/** Another credential may show other accounts, whatever the date of its data. */
function hasNewCredential({ before, after }: ConnectionChange): boolean {
  if (after.state !== 'active' || !before) return false;
  const textOf = ({ credentialId }: Connection) => credentialId?.reveal('to see whether it is another one');
  return before.provider !== after.provider || textOf(before) !== textOf(after);
}

function hasNewData({ before, after }: ConnectionChange): boolean {
  if (after.state !== 'active') return false;
  if (before?.state !== 'active') return true;
  if (after.dataAsOf === null) return false;
  return before.dataAsOf === null || after.dataAsOf > before.dataAsOf;
}
