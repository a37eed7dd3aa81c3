import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { userTag } from '../cache/keys.js';
import { TaggedCache } from '../cache/tagged-cache.js';
import { deletionTriedAt } from '../connections/deletion-pause.js';
import { DeletionReceipts } from '../connections/deletion-receipts.js';
import { Clock } from '../platform/time/clock.js';
import { Failure } from '../platform/errors/failure.js';
import { UserRepository } from '../users/persistence/user.repository.js';
import { UserTraces } from '../users/user-traces.js';

export interface RequestedDeletion {
  readonly receiptId: string;
  /** The user was deleted before. */
  readonly isOver: boolean;
}

/** Writes down that a user is to be deleted: from then on nothing new is begun for them, and the receipt is there. */
@Injectable()
export class RequestUserDeletion {
  constructor(
    private readonly database: DataSource,
    private readonly users: UserRepository,
    private readonly receipts: DeletionReceipts,
    private readonly traces: UserTraces,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
  ) {}

  /** Safe to repeat; each time sets the next attempt. @throws Failure `user.not_found` */
  async run(userId: string, actor: string): Promise<RequestedDeletion> {
    const user = await this.users.find(userId);
    if (user) {
      const now = this.clock.now();
      const again = deletionTriedAt(user.deletionRequestedAt ?? now, now);
      await this.database.transaction(async (manager) => {
        await this.users.requestDeletion(userId, now, again, manager);
        await this.traces.leave(manager, userId);
        await this.receipts.request(manager, { kind: 'user', id: userId, userId, provider: null }, actor);
      });
      await this.cache.invalidate([userTag(userId)]);
    }
    const receipt = await this.receipts.of('user', userId);
    if (!receipt) throw new Failure('user.not_found', { detail: 'There is no user with this id.' });
    return { receiptId: receipt.id, isOver: receipt.completedAt !== null };
  }
}
