import { Injectable } from '@nestjs/common';

import { Clock } from '../../platform/time/clock.js';
import { UpkeepRepository } from './persistence/upkeep.repository.js';

/** Events can be replayed for this long. */
export const EVENTS_KEPT_MS = 30 * 24 * 3_600_000;
const BATCH = 1000;
/** A million in an hour. A million connections that are synced daily make a tenth of that. */
const BATCHES = 1_000;

/** Removes old events with their deliveries, whatever became of them. Any number of processes may run it. */
@Injectable()
export class PruneOutgoing {
  constructor(
    private readonly upkeep: UpkeepRepository,
    private readonly clock: Clock,
  ) {}

  /** In small steps; the rest goes at the next run. @returns how many events went. */
  async run(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - EVENTS_KEPT_MS);
    let pruned = 0;
    for (let batch = 0; batch < BATCHES; batch++) {
      const gone = await this.upkeep.prune(before, BATCH);
      pruned += gone;
      if (gone < BATCH) break;
    }
    return pruned;
  }
}
