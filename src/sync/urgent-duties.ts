import { Injectable } from '@nestjs/common';

import { RecoverCreations } from '../connections/recover-creations.js';
import { DeleteUser } from '../erasure/delete-user.js';
import { RecoverLinkVisits } from '../link-sessions/recover-link-visits.js';
import { PlanSyncs } from './plan-syncs.js';
import { PlanWatches } from './plan-watches.js';
import type { ScheduledTask } from './tasks/scheduled-task.js';

const LEASE_MS = 60_000;
/** Nothing moves by itself while nobody plans, so a process that dies with it must not hold it up. Two may plan at once. */
const PLAN_LEASE_MS = 15_000;

/** What somebody waits for: it runs every second or more often. */
@Injectable()
export class UrgentDuties {
  readonly all: readonly ScheduledTask[];

  constructor(
    watches: PlanWatches,
    syncs: PlanSyncs,
    creations: RecoverCreations,
    visits: RecoverLinkVisits,
    users: DeleteUser,
  ) {
    const every = (name: string, everyMs: number, run: ScheduledTask['run'], leaseMs = LEASE_MS): ScheduledTask => ({
      name,
      everyMs,
      leaseMs,
      run,
    });
    this.all = [
      every('plan-watches', 500, async () => `planned ${String(await watches.run())}`, PLAN_LEASE_MS),
      every('plan-syncs', 1_000, async (signal) => `planned ${String(await syncs.run(signal))}`, PLAN_LEASE_MS),
      every('recover-creations', 1_000, async () => `recovered ${String(await creations.run())}`),
      every('recover-visits', 1_000, async () => `recovered ${String(await visits.run())}`),
      every('delete-users', 1_000, async () => `tried ${String(await users.resume())}`),
    ];
  }
}
