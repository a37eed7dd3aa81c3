import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/time/clock.js';
import { deletionTriedAt } from './deletion-pause.js';
import type { Connection } from './domain/connection.js';
import { ConnectionWorkRepository } from './persistence/connection-work.repository.js';

/** From one look at a call that is under way to the next. */
const CALL_PAUSE_MS = 2_000;

/** Sets when a deletion that could not be done is tried again. The watcher does it; it never gives up. */
@Injectable()
export class DeletionRetries {
  constructor(
    private readonly work: ConnectionWorkRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * A call that is under way may bring a credential that nobody knows yet. None begins after the deletion has.
   * @returns true when the deletion waits for one
   */
  async waitsForCall(connection: Connection): Promise<boolean> {
    const now = this.clock.now();
    const until = await this.work.claimedUntil(connection.id, now);
    if (!until) return false;
    const soon = new Date(now.getTime() + CALL_PAUSE_MS);
    await this.work.postponeWatch(connection, until < soon ? until : soon);
    return true;
  }

  async later(connection: Connection, retryAt?: Date): Promise<void> {
    await this.work.postponeWatch(connection, deletionTriedAt(connection.stateSince, this.clock.now(), retryAt));
  }
}
