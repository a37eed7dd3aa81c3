import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/time/clock.js';
import { LoginRefusalRepository } from './persistence/login-refusal.repository.js';
import { RefreshAttemptRepository } from './persistence/refresh-attempt.repository.js';
import { SyncPlanRepository } from './persistence/sync-plan.repository.js';

const DAY = 24 * 3_600_000;
/** The quota looks back one day; the rest is for questions. */
const ATTEMPTS_KEPT_MS = 14 * DAY;
/** A login that was refused and not tried since. */
const REFUSALS_KEPT_MS = 30 * DAY;
/** Of connections that are synced at all, the row is there again before. */
const HOLDS_KEPT_MS = 7 * DAY;
const BATCH = 5_000;
const MOST_BATCHES = 200;

/** Removes old attempts, refused logins and holds of syncs, in steps that hold up nobody. */
@Injectable()
export class PruneAttempts {
  constructor(
    private readonly attempts: RefreshAttemptRepository,
    private readonly refusals: LoginRefusalRepository,
    private readonly plan: SyncPlanRepository,
    private readonly clock: Clock,
  ) {}

  /** @returns how many rows were removed. */
  async run(): Promise<number> {
    const now = this.clock.now().getTime();
    const attempts = new Date(now - ATTEMPTS_KEPT_MS);
    const refusals = new Date(now - REFUSALS_KEPT_MS);
    const holds = new Date(now - HOLDS_KEPT_MS);
    return (
      (await inBatches(async () => this.attempts.prune(attempts, BATCH))) +
      (await inBatches(async () => this.refusals.prune(refusals, BATCH))) +
      (await inBatches(async () => this.plan.pruneHolds(holds, BATCH)))
    );
  }
}

async function inBatches(prune: () => Promise<number>): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    const count = await prune();
    removed += count;
    if (count < BATCH) break;
  }
  return removed;
}
