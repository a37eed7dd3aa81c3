import { Injectable, type OnModuleInit } from '@nestjs/common';

import { SyncConfig } from '../config/slices.js';
import { WatchConnection } from '../connections/watch-connection.js';
import { JobWorkers } from '../platform/queue/job-workers.js';
import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { ProviderOpenings } from './provider-openings.js';
import { SyncConnection } from './sync-connection.js';
import { syncKind } from './sync-job.js';
import { watchKind } from './watch-job.js';

/** Readings of one provider at the same time. */
const WATCHES = 20;
/** One for so many places waits at hand. */
const AHEAD_SHARE = 8;

/** Who takes syncs and readings out of the queues: each provider has places of its own. */
@Injectable()
export class SyncWorkers implements OnModuleInit {
  constructor(
    private readonly workers: JobWorkers,
    private readonly registry: ProviderRegistry,
    private readonly sync: SyncConnection,
    private readonly watch: WatchConnection,
    private readonly config: SyncConfig,
    private readonly openings: ProviderOpenings,
  ) {}

  onModuleInit(): void {
    const { concurrency } = this.config;
    for (const { id } of this.registry.all()) {
      const atMost = (): number => this.openings.places(id);
      this.workers.handle(
        syncKind(id),
        async (job) => {
          await this.sync.run(id, job);
        },
        { concurrency, ahead: Math.ceil(concurrency / AHEAD_SHARE), atMost },
      );
      this.workers.handle(watchKind(id), async ({ connectionId }) => this.watch.run(connectionId), {
        concurrency: WATCHES,
        atMost,
      });
    }
  }
}
