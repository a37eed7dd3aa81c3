import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/time/clock.js';
import { deletionTriedAt } from './deletion-pause.js';
import type { Connection } from './domain/connection.js';
import { ConnectionWorkRepository } from './persistence/connection-work.repository.js';

/** Sets when a deletion that could not be done is tried again. The watcher does it; it never gives up. */
@Injectable()
export class DeletionRetries {
  constructor(
    private readonly work: ConnectionWorkRepository,
    private readonly clock: Clock,
  ) {}

  async later(connection: Connection, retryAt?: Date): Promise<void> {
    await this.work.postponeWatch(connection, deletionTriedAt(connection.stateSince, this.clock.now(), retryAt));
  }
}
