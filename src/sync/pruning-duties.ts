import { Injectable } from '@nestjs/common';

import { PruneAttempts } from '../connections/prune-attempts.js';
import { PruneIdempotencyKeys } from '../idempotency/prune-idempotency-keys.js';
import { PruneLinkVisits } from '../link-sessions/prune-link-visits.js';
import { PruneInbox } from '../webhooks/inbound/prune-inbox.js';
import { PruneOutgoing } from '../webhooks/outbound/prune-outgoing.js';
import type { ScheduledTask } from './tasks/scheduled-task.js';

const LEASE_MS = 10 * 60_000;
const HOUR = 3_600_000;

/** Removes what nobody asks for any more. */
@Injectable()
export class PruningDuties {
  readonly all: readonly ScheduledTask[];

  constructor(
    visits: PruneLinkVisits,
    attempts: PruneAttempts,
    keys: PruneIdempotencyKeys,
    outgoing: PruneOutgoing,
    inbox: PruneInbox,
  ) {
    const hourly = (name: string, run: () => Promise<number>): ScheduledTask => ({
      ...{ name, everyMs: HOUR, leaseMs: LEASE_MS },
      run: async () => `removed ${String(await run())}`,
    });
    this.all = [
      hourly('prune-visits', async () => visits.run()),
      hourly('prune-attempts', async () => attempts.run()),
      hourly('prune-idempotency-keys', async () => keys.run()),
      hourly('prune-outgoing-events', async () => outgoing.run()),
      hourly('prune-inbox', async () => inbox.run()),
    ];
  }
}
