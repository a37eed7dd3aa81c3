import { Injectable, Logger } from '@nestjs/common';

import { DeleteConnection, type DeletionProgress } from '../connections/delete-connection.js';
import type { Origin } from '../connections/origin.js';
import { Clock } from '../platform/time/clock.js';
import { UserRepository } from '../users/persistence/user.repository.js';
import { BuryUser } from './bury-user.js';
import { LeaveProviders } from './leave-providers.js';
import { RequestUserDeletion } from './request-user-deletion.js';

const HOLD_MS = 120_000;
const BATCH = 20;
const SWEEPER: Origin = { trigger: 'system', actor: 'eraser', requestId: null };

/** Deletes a user everywhere: connections upstream, the users at the providers, then the person's traces here. */
@Injectable()
export class DeleteUser {
  private readonly log = new Logger(DeleteUser.name);

  constructor(
    private readonly requests: RequestUserDeletion,
    private readonly users: UserRepository,
    private readonly burial: BuryUser,
    private readonly deletion: DeleteConnection,
    private readonly leaving: LeaveProviders,
    private readonly clock: Clock,
  ) {}

  /** Repeating it gives the same receipt, also when it is done. @throws Failure `user.not_found` */
  async run(userId: string, origin: Origin): Promise<DeletionProgress> {
    const { receiptId, isOver } = await this.requests.run(userId, origin.actor);
    if (isOver) return { receiptId, done: true };
    const waiting = await this.deletion.runForUser(userId, origin);
    const done = waiting === 0 && (await this.isGoneAtProviders(userId)) && (await this.burial.run(userId));
    if (done) this.log.log({ userId }, 'user deleted');
    return { receiptId, done };
  }

  /** Goes on with deletions that could not finish. @returns how many were tried. */
  async resume(): Promise<number> {
    const now = this.clock.now();
    const due = await this.users.claimDeletions(now, new Date(now.getTime() + HOLD_MS), BATCH);
    for (const userId of due) {
      await this.run(userId, SWEEPER).catch((error: unknown) => {
        this.log.error({ userId, err: error }, 'deleting a user failed and is tried again');
      });
    }
    return due.length;
  }

  private async isGoneAtProviders(userId: string): Promise<boolean> {
    return Object.keys(await this.leaving.run(userId)).length === 0;
  }
}
