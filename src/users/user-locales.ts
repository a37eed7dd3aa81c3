import { Injectable, type OnModuleInit } from '@nestjs/common';

import { LoadingCache } from '../platform/http/loading-cache.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { UserRepository } from './persistence/user.repository.js';

const USERS = 10_000;
/** A user's language never changes; this only ends what is kept of a deleted one. */
const KEEP_MS = 3_600_000;

/** The language of each user, for texts that come from banks. Most calls to a provider find it in memory. */
@Injectable()
export class UserLocales implements OnModuleInit {
  private readonly locales: LoadingCache<string | null>;

  constructor(
    private readonly users: UserRepository,
    private readonly providers: ProviderAccess,
    private readonly clock: Clock,
  ) {
    this.locales = new LoadingCache(USERS, clock);
  }

  onModuleInit(): void {
    this.providers.localesFrom(async (userId) => this.of(userId));
  }

  /** @returns `null` when the user has none, or is deleted. */
  async of(userId: string): Promise<string | null> {
    return this.locales.get(userId, async () => {
      const user = await this.users.find(userId);
      return { value: user?.locale ?? null, keepUntil: new Date(this.clock.now().getTime() + KEEP_MS) };
    });
  }
}
