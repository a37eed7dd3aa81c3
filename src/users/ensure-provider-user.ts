import { Injectable } from '@nestjs/common';

import type { ProviderUserRef } from '../credentials/credential-ref.js';
import type { Provider } from '../credentials/provider.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';
import { UserRepository } from './persistence/user.repository.js';
import type { User } from './user.js';

/** Makes a user known to a provider on first need. */
@Injectable()
export class EnsureProviderUser {
  constructor(
    private readonly users: UserRepository,
    private readonly providers: ProviderAccess,
    private readonly clock: Clock,
  ) {}

  /** @throws Failure `user.not_found`, `user.deleting` */
  async known(userId: string): Promise<User> {
    const user = await this.users.get(userId);
    if (user.deletionRequestedAt) throw new Failure('user.deleting', { detail: 'This user is being deleted.' });
    return user;
  }

  /**
   * Safe to repeat: a provider that has the user already says so.
   * @throws Failure `user.not_found`, `user.deleting`, or the provider's code
   */
  async run(user: User, provider: Provider): Promise<ProviderUserRef> {
    const ref = providerUserRef(user.id);
    if (!provider.users || (await this.users.isKnownTo(provider.id, user.id))) return ref;
    await this.users.beginProvider(provider.id, user.id, this.clock.now());
    const { market, locale } = user;
    valueOf(
      await provider.users.create(
        { user: ref, ...(market ? { market } : {}), ...(locale ? { locale } : {}) },
        this.providers.call(),
      ),
    );
    if (await this.users.confirmProvider(provider.id, user.id)) return ref;
    // The deletion asked the provider before it had the user.
    await provider.users.delete(ref, this.providers.call());
    throw new Failure('user.not_found', { detail: 'The user was deleted meanwhile.' });
  }
}
