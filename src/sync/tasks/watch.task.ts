import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { RecoverCreations } from '../../connections/recover-creations.js';
import { WatchConnections } from '../../connections/watch-connections.js';
import { DeleteUser } from '../../erasure/delete-user.js';
import { RecoverLinkVisits } from '../../link-sessions/recover-link-visits.js';
import { SingleRun } from '../single-run.js';

const EVERY_MS = 500;

/** Follows what moves by itself. The claims are in the database, so any number of processes may tick. */
@Injectable()
export class WatchTask implements BeforeApplicationShutdown {
  private readonly log = new Logger(WatchTask.name);
  private readonly run = new SingleRun();

  constructor(
    private readonly connections: WatchConnections,
    private readonly creations: RecoverCreations,
    private readonly visits: RecoverLinkVisits,
    private readonly users: DeleteUser,
  ) {}

  @Interval(EVERY_MS)
  tick(): void {
    this.run.tick(async () => {
      try {
        await this.connections.run();
        await this.creations.run();
        await this.visits.run();
        await this.users.resume();
      } catch (error) {
        this.log.error({ err: error }, 'watching failed; the next tick tries again');
      }
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.run.stop();
  }
}
