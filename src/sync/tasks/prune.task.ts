import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { LinkSessionRepository } from '../../link-sessions/persistence/link-session.repository.js';
import { Clock } from '../../platform/time/clock.js';
import { SingleRun } from '../single-run.js';

const EVERY_MS = 3_600_000;
/** Long enough for any question about a visit; what it did stands in the connection's history. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** Removes hosted visits that ended long ago. Any number of processes may tick. */
@Injectable()
export class PruneTask implements BeforeApplicationShutdown {
  private readonly log = new Logger(PruneTask.name);
  private readonly run = new SingleRun('prune visits');

  constructor(
    private readonly visits: LinkSessionRepository,
    private readonly clock: Clock,
  ) {}

  @Interval(EVERY_MS)
  tick(): void {
    this.run.tick(async () => {
      const pruned = await this.visits.prune(new Date(this.clock.now().getTime() - KEPT_MS));
      if (pruned > 0) this.log.log({ pruned }, 'old hosted visits removed');
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.run.stop();
  }
}
