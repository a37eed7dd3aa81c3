import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { RecoverCreations } from '../../connections/recover-creations.js';
import { WatchConnections } from '../../connections/watch-connections.js';
import { DeleteUser } from '../../erasure/delete-user.js';
import { RecoverLinkVisits } from '../../link-sessions/recover-link-visits.js';
import { SingleRun } from '../single-run.js';

const EVERY_MS = 500;

interface Repeated {
  readonly run: SingleRun;
  readonly work: () => Promise<unknown>;
}

/**
 * Follows what moves by itself. The claims are in the database, so any number of processes may tick. Each piece of
 * work repeats by itself: one that waits for a slow provider holds up no other.
 */
@Injectable()
export class WatchTask implements BeforeApplicationShutdown {
  private readonly repeated: readonly Repeated[];

  constructor(
    private readonly connections: WatchConnections,
    creations: RecoverCreations,
    visits: RecoverLinkVisits,
    users: DeleteUser,
  ) {
    this.repeated = [
      ...connections.lanes.map((provider) => repeated(`watch ${provider}`, async () => connections.lane(provider))),
      repeated('recover creations', async () => creations.run()),
      repeated('recover visits', async () => visits.run()),
      repeated('delete users', async () => users.resume()),
    ];
  }

  @Interval(EVERY_MS)
  tick(): void {
    for (const { run, work } of this.repeated) {
      run.tick(async () => {
        await work();
      });
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.connections.stop();
    await Promise.all(this.repeated.map(async ({ run }) => run.stop()));
  }
}

function repeated(name: string, work: () => Promise<unknown>): Repeated {
  return { run: new SingleRun(name), work };
}
