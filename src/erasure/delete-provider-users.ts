import { Injectable, Logger } from '@nestjs/common';

import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import { UserRepository } from '../users/persistence/user.repository.js';

/** Deletes a user at every provider that knows them. */
@Injectable()
export class DeleteProviderUsers {
  private readonly log = new Logger(DeleteProviderUsers.name);

  constructor(
    private readonly users: UserRepository,
    private readonly providers: ProviderAccess,
  ) {}

  /** Safe to repeat. @returns false when a provider could not be asked. */
  async run(userId: string): Promise<boolean> {
    for (const name of await this.users.providersOf(userId)) {
      const provider = this.providers.provider(name);
      const result = await provider.users?.delete(providerUserRef(userId), this.providers.call());
      if (result && !result.ok) {
        this.log.warn({ userId, provider: name, code: result.failure.code }, 'user not deleted at the provider yet');
        return false;
      }
      await this.users.removeProvider(name, userId);
    }
    return true;
  }
}
