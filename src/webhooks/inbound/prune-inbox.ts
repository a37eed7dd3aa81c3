import { Injectable } from '@nestjs/common';

import { Clock } from '../../platform/time/clock.js';
import { InboxUpkeepRepository } from './persistence/inbox-upkeep.repository.js';

const KEPT_MS = 14 * 24 * 60 * 60_000;
const AT_ONCE = 5_000;
const MOST_TURNS = 200;

/** Removes webhooks that were dealt with two weeks ago, and bodies that nobody needs. For a scheduled task. */
@Injectable()
export class PruneInbox {
  constructor(
    private readonly upkeep: InboxUpkeepRepository,
    private readonly clock: Clock,
  ) {}

  /** @returns how many webhooks were removed */
  async run(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS);
    const removed = await inTurns(async () => this.upkeep.prune(before, AT_ONCE));
    await inTurns(async () => this.upkeep.clearBodies(AT_ONCE));
    return removed;
  }
}

async function inTurns(step: () => Promise<number>): Promise<number> {
  let done = 0;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const count = await step();
    done += count;
    if (count < AT_ONCE) break;
  }
  return done;
}
