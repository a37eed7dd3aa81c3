import { Injectable, Logger } from '@nestjs/common';

import { DeletionReceiptRepository } from '../connections/persistence/deletion-receipt.repository.js';
import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { UserRepository } from '../users/persistence/user.repository.js';

/** Why providers did not delete a user: a code for each that could not be asked or said no. */
export type Unanswered = Readonly<Record<string, string>>;

/** Deletes a user at every provider that knows them. */
@Injectable()
export class DeleteProviderUsers {
  private readonly log = new Logger(DeleteProviderUsers.name);

  constructor(
    private readonly users: UserRepository,
    private readonly registry: ProviderRegistry,
    private readonly providers: ProviderAccess,
    private readonly receipts: DeletionReceiptRepository,
  ) {}

  /** Safe to repeat. @returns what is left; the others are deleted all the same. */
  async run(userId: string): Promise<Unanswered> {
    const left: Record<string, string> = {};
    for (const name of await this.users.providersOf(userId)) {
      const code = await this.deleteAt(name, userId);
      if (code !== null) left[name] = code;
    }
    return left;
  }

  /** @returns the code of the failure, `null` = the provider has no such user now */
  private async deleteAt(name: string, userId: string): Promise<string | null> {
    const provider = this.registry.get(name);
    if (!provider) {
      this.log.warn({ userId, provider: name }, 'user waits for a provider that is not configured');
      return 'provider.disabled';
    }
    const result = await provider.users?.delete(providerUserRef(userId), this.providers.call());
    if (result && !result.ok) {
      this.log.warn({ userId, provider: name, code: result.failure.code }, 'user not deleted at the provider yet');
      return result.failure.code;
    }
    // Before the provider is forgotten, so that a crash in between asks again and not a word is lost.
    if (result) {
      await this.receipts.providerAnswered(userId, name, result.value.alreadyGone ? 'already_gone' : 'deleted');
    }
    await this.users.removeProvider(name, userId);
    return null;
  }
}
