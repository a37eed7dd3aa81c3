import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { userTag } from '../cache/keys.js';
import { TaggedCache } from '../cache/tagged-cache.js';
import { ConnectionRepository } from '../connections/persistence/connection.repository.js';
import { LinkSessionRepository } from '../link-sessions/persistence/link-session.repository.js';
import { Clock } from '../platform/time/clock.js';
import { UserRepository } from '../users/persistence/user.repository.js';

/** The last step of a user's deletion: what is kept here no longer names a person. */
@Injectable()
export class BuryUser {
  constructor(
    private readonly database: DataSource,
    private readonly users: UserRepository,
    private readonly connections: ConnectionRepository,
    private readonly linkSessions: LinkSessionRepository,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
  ) {}

  /** @returns false when a creation became a connection meanwhile, or a visit can still become one: those go first. */
  async run(userId: string): Promise<boolean> {
    const buried = await this.database.transaction(async (manager) => {
      await this.users.lock(manager, userId);
      if (await this.linkSessions.isVisiting(manager, userId)) return false;
      if (!(await this.connections.anonymise(manager, userId))) return false;
      await this.linkSessions.forgetUser(manager, userId);
      await this.users.bury(manager, userId, this.clock.now());
      return true;
    });
    await this.cache.invalidate([userTag(userId)]);
    return buried;
  }
}
