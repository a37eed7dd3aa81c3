import { Injectable } from '@nestjs/common';

import { AnnounceClocks } from '../announcements/announce-clocks.js';
import { RetireFormerCredentials } from '../connections/credential-retirement.js';
import { ReconcileProviders } from '../reconcile/reconcile-providers.js';
import type { ScheduledTask } from './tasks/scheduled-task.js';

const MINUTE = 60_000;

/** What looks for what nobody has told of: clocks that ran out, credentials that nobody needs or nobody knows. */
@Injectable()
export class WatchfulDuties {
  readonly all: readonly ScheduledTask[];

  constructor(clocks: AnnounceClocks, former: RetireFormerCredentials, providers: ReconcileProviders) {
    this.all = [
      {
        ...{ name: 'announce-clocks', everyMs: MINUTE / 2, leaseMs: 5 * MINUTE },
        run: async (signal) => words(await clocks.run(signal)),
      },
      {
        ...{ name: 'retire-credentials', everyMs: MINUTE / 4, leaseMs: 5 * MINUTE },
        run: async (signal) => `retired ${String(await former.run(signal))}`,
      },
      {
        ...{ name: 'reconcile-providers', everyMs: MINUTE, leaseMs: 15 * MINUTE },
        run: async (signal) => providers.run(signal),
      },
    ];
  }
}

/** `{ stale: 2, expiring: 1 }` → `stale 2, expiring 1` */
function words(counts: object): string {
  return Object.entries(counts)
    .map(([what, count]) => `${what} ${String(count)}`)
    .join(', ');
}
