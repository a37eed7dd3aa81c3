import { Injectable } from '@nestjs/common';

import { Failure } from '../platform/errors/failure.js';
import { Ids } from '../platform/ids/ids.js';
import { Clock } from '../platform/time/clock.js';
import { UserRepository } from './persistence/user.repository.js';
import type { User } from './user.js';

export type NewUser = Pick<User, 'externalUserId' | 'market' | 'locale'>;

/** A new end user. Providers learn of the user on first need. */
@Injectable()
export class CreateUser {
  constructor(
    private readonly users: UserRepository,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** @throws Failure `user.duplicate` with the `userId` of the one that exists */
  async run(request: NewUser): Promise<User> {
    const user: User = { ...request, id: this.ids.next(), createdAt: this.clock.now(), deletionRequestedAt: null };
    if (await this.users.insert(user)) return user;
    const existing = await this.users.findByExternalId(request.externalUserId);
    throw new Failure('user.duplicate', {
      detail: 'A user with this externalUserId exists.',
      violations: [{ pointer: '/externalUserId', message: 'Taken.' }],
      ...(existing ? { members: { userId: existing.id } } : {}),
    });
  }
}
