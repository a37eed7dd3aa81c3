import { Injectable } from '@nestjs/common';

import type { Connection } from '../connections/domain/connection.js';
import { nextTurn, type SyncRhythm } from '../connections/domain/sync-schedule.js';
import type { Origin } from '../connections/origin.js';
import { RefreshConnection } from '../connections/refresh-connection.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { later, type SyncEnd } from './sync-end.js';

/** A refresh that nobody waits for: every refusal becomes a time at which it is tried again. */
@Injectable()
export class UnattendedRefresh {
  constructor(
    private readonly refresh: RefreshConnection,
    private readonly clock: Clock,
  ) {}

  async run(connection: Connection, rhythm: SyncRhythm, origin: Origin): Promise<SyncEnd> {
    try {
      await this.refresh.run(connection.id, { userPresent: false }, origin);
      // Where the provider accepted, the record has a plan of its own by now, and this one changes nothing.
      return { outcome: 'accepted', again: nextTurn(connection, rhythm, this.clock.now()) };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return this.refused(error, connection);
    }
  }

  private refused({ code, details }: Failure, connection: Connection): SyncEnd {
    const outcome = code === 'quota.exhausted' ? 'quota_exhausted' : code;
    return { outcome, again: details.retryAt ?? later(connection, this.clock.now()) };
  }
}
