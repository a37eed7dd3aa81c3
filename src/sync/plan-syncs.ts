import { Injectable } from '@nestjs/common';

import { SyncPlanRepository, type DueSync } from '../connections/persistence/sync-plan.repository.js';
import type { ProviderId } from '../credentials/provider-id.js';
import { JobQueue } from '../platform/queue/job-queue.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { ProviderOpenings } from './provider-openings.js';
import { syncKind } from './sync-job.js';
import { SyncMetrics } from './sync-metrics.js';

/** Taken at once. */
const BATCH = 200;
/** Syncs of one provider that wait in the queue: enough for all workers until the next tick. */
const DEPTH = 1_000;
const PER_USER = 20;
/** Longer than the queue needs for `DEPTH` jobs; a job that was lost is planned again then. */
const HOLD_MS = 5 * 60_000;
const COUNTED = 10_000;

/** Puts due connections into the queues: each provider for itself, users in turn, never more than the queue can take. */
@Injectable()
export class PlanSyncs {
  constructor(
    private readonly plan: SyncPlanRepository,
    private readonly queue: JobQueue,
    private readonly registry: ProviderRegistry,
    private readonly openings: ProviderOpenings,
    private readonly metrics: SyncMetrics,
    private readonly clock: Clock,
  ) {}

  /** Any number of processes may run it. @returns how many syncs were planned. */
  async run(signal?: AbortSignal): Promise<number> {
    const counts = await Promise.all(this.registry.all().map(async ({ id }) => this.provider(id, signal)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private async provider(provider: ProviderId, signal?: AbortSignal): Promise<number> {
    const waiting = await this.queue.depth(syncKind(provider));
    // Whatever this process's circuit says: another may reach the provider, and nobody takes what it cannot do.
    const room = (await this.openings.isOpen(provider)) ? DEPTH - waiting : 0;
    let planned = 0;
    while (planned < room && !signal?.aborted) {
      const limit = Math.min(BATCH, room - planned);
      const count = await this.batch(provider, limit);
      planned += count;
      if (count < limit) break;
    }
    this.metrics.due(provider, await this.plan.countDue(provider, this.clock.now(), COUNTED));
    return planned;
  }

  private async batch(provider: ProviderId, limit: number): Promise<number> {
    const now = this.clock.now();
    const heldUntil = new Date(now.getTime() + HOLD_MS);
    const due = await this.plan.claimDue({ provider, now, limit, perUser: PER_USER, heldUntil });
    await this.send(provider, due);
    for (const { dueAt } of due) this.metrics.plannedOne(provider, now.getTime() - dueAt.getTime());
    return due.length;
  }

  /** Not in one transaction with the plan: what a crash keeps from the queue is due again when the hold is over. */
  private async send(provider: ProviderId, due: readonly DueSync[]): Promise<void> {
    if (due.length === 0) return;
    const jobs = due.map(({ id, dueAt }) => ({ data: { connectionId: id, plannedFor: dueAt.toISOString() }, key: id }));
    await this.queue.sendMany(syncKind(provider), jobs);
  }
}
