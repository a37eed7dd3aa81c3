import { Injectable } from '@nestjs/common';

import { ConnectionWorkRepository } from '../connections/persistence/connection-work.repository.js';
import type { ProviderId } from '../credentials/provider-id.js';
import { JobQueue } from '../platform/queue/job-queue.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { watchKind } from './watch-job.js';

/** Readings of one provider that wait in the queue. */
const DEPTH = 400;
/** Hides a connection that waits in the queue; should its job be lost, it is looked at after this. */
const HOLD_MS = 60_000;

/** Settled connections wait in the queue while others move. */
const MOVING_FIRST = 1;

/** Puts connections whose status is to be read into the queues. */
@Injectable()
export class PlanWatches {
  constructor(
    private readonly work: ConnectionWorkRepository,
    private readonly queue: JobQueue,
    private readonly registry: ProviderRegistry,
    private readonly clock: Clock,
  ) {}

  /** Any number of processes may run it. @returns how many readings were planned. */
  async run(): Promise<number> {
    const counts = await Promise.all(this.registry.all().map(async ({ id }) => this.provider(id)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private async provider(provider: ProviderId): Promise<number> {
    const room = DEPTH - (await this.queue.depth(watchKind(provider)));
    if (room <= 0) return 0;
    const due = await this.work.claimDueForWatch(provider, this.clock.now(), room, HOLD_MS);
    const jobs = due.map(({ id, moves }) => ({
      data: { connectionId: id },
      key: id,
      priority: moves ? MOVING_FIRST : 0,
    }));
    if (jobs.length > 0) await this.queue.sendMany(watchKind(provider), jobs);
    return due.length;
  }
}
