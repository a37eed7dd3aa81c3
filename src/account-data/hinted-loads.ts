import { Injectable, type OnModuleInit } from '@nestjs/common';

import { DataHints } from '../connections/data-hints.js';
import { ConnectionRepository } from '../connections/persistence/connection.repository.js';
import { JobQueue } from '../platform/queue/job-queue.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { dataJobOf } from './data-jobs.js';
import { DataReadingRepository } from './persistence/data-reading.repository.js';

/** By then the job has begun, or the sweep sends another one. */
const AT_LATEST_MS = 15_000;

/** A provider says that data changed, also when the connection itself did not: it is loaded even if its date is known. */
@Injectable()
export class HintedLoads implements OnModuleInit {
  constructor(
    private readonly hints: DataHints,
    private readonly connections: ConnectionRepository,
    private readonly registry: ProviderRegistry,
    private readonly queue: JobQueue,
    private readonly readings: DataReadingRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.hints.follow(async (manager, connectionId) => {
      const connection = await this.connections.lock(manager, connectionId);
      if (connection?.state !== 'active' || !this.registry.get(connection.provider)?.data) return;
      // A job that waits already takes the place of this one, and does not know that it must read in any case.
      const now = this.clock.now();
      await this.readings.expect(manager, connectionId, now, new Date(now.getTime() + AT_LATEST_MS));
      const job = { data: { connectionId, forced: true }, key: connectionId };
      await this.queue.send(dataJobOf(connection.provider), job, manager);
    });
  }
}
