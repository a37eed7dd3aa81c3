import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/time/clock.js';
import { IdempotencyRepository } from './persistence/idempotency.repository.js';

const BATCH = 2_000;
/** A million in a run, of which there is one in an hour: more keyed requests than that would pile up. */
const MOST_BATCHES = 500;

/** Removes keys whose day is over. */
@Injectable()
export class PruneIdempotencyKeys {
  constructor(
    private readonly rows: IdempotencyRepository,
    private readonly clock: Clock,
  ) {}

  /** Any number of processes may run it. @returns how many went; what is left over goes the next time. */
  async run(): Promise<number> {
    const now = this.clock.now();
    let pruned = 0;
    for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
      const count = await this.rows.prune(now, BATCH);
      pruned += count;
      if (count < BATCH) break;
    }
    return pruned;
  }
}
