import { Injectable } from '@nestjs/common';

import { DeleteConnection } from '../connections/delete-connection.js';
import type { Origin } from '../connections/origin.js';
import { ConnectionRepository } from '../connections/persistence/connection.repository.js';
import { Failure } from '../platform/errors/failure.js';
import { BuryUser } from './bury-user.js';
import { LeaveProviders } from './leave-providers.js';
import { RequestUserDeletion } from './request-user-deletion.js';

/** Only a creation that was under way when the deletion was asked for can still become a connection. */
const MOST_ROUNDS = 5;

/** For operators, when a provider will never answer: deletes a user here whatever the providers say. */
@Injectable()
export class PurgeUser {
  constructor(
    private readonly requests: RequestUserDeletion,
    private readonly connections: ConnectionRepository,
    private readonly deletion: DeleteConnection,
    private readonly leaving: LeaveProviders,
    private readonly burial: BuryUser,
  ) {}

  /**
   * Safe to repeat and beside other processes; the receipt says what the providers said.
   * @returns the id of the receipt. @throws Failure `user.not_found`, `user.deleting` when it must be tried again
   */
  async run(userId: string, origin: Origin): Promise<string> {
    const { receiptId, isOver } = await this.requests.run(userId, origin.actor);
    if (isOver) return receiptId;
    await this.purgeConnections(userId, origin);
    const unanswered = await this.leaving.run(userId);
    for (let round = 1; round <= MOST_ROUNDS; round += 1) {
      if (await this.burial.run(userId, unanswered)) return receiptId;
      await this.purgeConnections(userId, origin);
    }
    throw new Failure('user.deleting', { detail: 'Connections of this user came up meanwhile. Try again.' });
  }

  private async purgeConnections(userId: string, origin: Origin): Promise<void> {
    for (const id of await this.connections.idsOfUser(userId)) await this.deletion.purge(id, origin);
  }
}
