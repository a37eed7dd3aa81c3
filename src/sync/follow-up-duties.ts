import { Injectable } from '@nestjs/common';

import { RetryDueLoads } from '../account-data/retry-due-loads.js';
import { Clock } from '../platform/time/clock.js';
import { ReprocessUnmatched } from '../webhooks/inbound/reprocess-unmatched.js';
import { SweepDueDeliveries } from '../webhooks/outbound/sweep-due-deliveries.js';
import { LeaseRepository } from './persistence/lease.repository.js';
import type { ScheduledTask } from './tasks/scheduled-task.js';

const LEASE_MS = 60_000;
/** The watcher reads an abandoned connection when its lease ends; this is for what it missed. */
const MISSED_MS = 30_000;
const BATCH = 500;

/** What goes on after a failure, a delay or a crash. */
@Injectable()
export class FollowUpDuties {
  readonly all: readonly ScheduledTask[];

  constructor(
    loads: RetryDueLoads,
    deliveries: SweepDueDeliveries,
    unmatched: ReprocessUnmatched,
    leases: LeaseRepository,
    clock: Clock,
  ) {
    const sweep = async (): Promise<number> => {
      const now = clock.now();
      return leases.readAbandoned(now, new Date(now.getTime() - MISSED_MS), BATCH);
    };
    this.all = [
      task('retry-data-loads', 2_000, async () => `sent ${String(await loads.run())}`),
      task('due-deliveries', 1_000, async () => `sent ${String(await deliveries.run())}`),
      task('reprocess-webhooks', 3_000, async () => `sent ${String(await unmatched.run())}`),
      task('sweep-leases', 15_000, async () => `found ${String(await sweep())}`),
    ];
  }
}

function task(name: string, everyMs: number, run: ScheduledTask['run']): ScheduledTask {
  return { name, everyMs, leaseMs: LEASE_MS, run };
}
