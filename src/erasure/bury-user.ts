import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { userTag } from '../cache/keys.js';
import { TaggedCache } from '../cache/tagged-cache.js';
import { Clock } from '../platform/time/clock.js';
import { UserRepository } from '../users/persistence/user.repository.js';
import type { Unanswered } from './delete-provider-users.js';
import { ForgetPerson } from './forget-person.js';
import { UserFarewell } from './user-farewell.js';

/** Undoes a burial that comes too early. */
class TooEarly extends Error {}

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

  /**
   * Safe to repeat.
   * @param purge what providers did not answer; with it, what a burial waits for is ended.
   * @returns false when a creation became a connection meanwhile, or something can still become one: that goes first.
   */
  async run(userId: string, purge?: Unanswered): Promise<boolean> {
    try {
      await this.database.transaction(async (manager) => this.write(manager, userId, purge));
    } catch (error) {
      if (error instanceof TooEarly) return false;
      throw error;
    }
    await this.cache.invalidate([userTag(userId)]);
    return true;
  }

  private async write(manager: EntityManager, userId: string, purge?: Unanswered): Promise<void> {
    // Another process may have done it meanwhile; it is told of once.
    if (!(await this.users.lock(manager, userId))) return;
    const forgotten = await this.person.run(manager, userId, { waits: !purge });
    if (!forgotten) throw new TooEarly();
    await this.users.bury(manager, userId, this.clock.now());
    await this.farewell.run(manager, userId, { ...forgotten, unanswered: purge ?? {} });
  }
}
