import { Injectable, Logger } from '@nestjs/common';

import { userTag } from '../cache/keys.js';
import { TaggedCache } from '../cache/tagged-cache.js';
import { DeleteConnection } from '../connections/delete-connection.js';
import type { Origin } from '../connections/origin.js';
import { Clock } from '../platform/time/clock.js';
import { UserRepository } from '../users/persistence/user.repository.js';
import { BuryUser } from './bury-user.js';
import { DeleteProviderUsers } from './delete-provider-users.js';

const AGAIN_MS = 30_000;
const HOLD_MS = 120_000;
const BATCH = 20;
const SWEEPER: Origin = { trigger: 'system', actor: 'eraser', requestId: null };

/** Deletes a user everywhere: connections upstream, the users at the providers, then the person's traces here. */
@Injectable()
export class DeleteUser {
  private readonly log = new Logger(DeleteUser.name);

  constructor(
    private readonly users: UserRepository,
    private readonly burial: BuryUser,
    private readonly deletion: DeleteConnection,
    private readonly providerUsers: DeleteProviderUsers,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
  ) {}

  /** @returns true when it is done, false when it goes on later. @throws Failure `user.not_found` */
  async run(userId: string, origin: Origin): Promise<boolean> {
    await this.users.get(userId);
    const now = this.clock.now();
    await this.users.requestDeletion(userId, now, new Date(now.getTime() + AGAIN_MS));
    await this.cache.invalidate([userTag(userId)]);
    const waiting = await this.deletion.runForUser(userId, origin);
    if (waiting > 0 || !(await this.providerUsers.run(userId))) return false;
    if (!(await this.burial.run(userId))) return false;
    this.log.log({ userId }, 'user deleted');
    return true;
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
}
