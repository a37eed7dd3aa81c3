import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { userTag } from '../cache/keys.js';
import { TaggedCache } from '../cache/tagged-cache.js';
import { Clock } from '../platform/time/clock.js';
import { UserRepository } from '../users/persistence/user.repository.js';
import { ForgetPerson } from './forget-person.js';
import { UserFarewell } from './user-farewell.js';

/** The last step of a user's deletion: what is kept here no longer names a person. */
@Injectable()
export class BuryUser {
  constructor(
    private readonly database: DataSource,
    private readonly users: UserRepository,
    private readonly person: ForgetPerson,
    private readonly farewell: UserFarewell,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
  ) {}

  /** @returns false when a creation became a connection meanwhile, or a visit can still become one: those go first. */
  async run(userId: string): Promise<boolean> {
    const buried = await this.database.transaction(async (manager) => {
      await this.users.lock(manager, userId);
      const traces = await this.person.run(manager, userId);
      if (!traces) return false;
      await this.users.bury(manager, userId, this.clock.now());
      await this.farewell.run(manager, userId, traces);
      return true;
    });
    await this.cache.invalidate([userTag(userId)]);
    return buried;
  }
}
