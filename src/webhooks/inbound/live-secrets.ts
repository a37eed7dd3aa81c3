import { Injectable } from '@nestjs/common';

import type { SecretValue } from '../../credentials/secret-value.js';
import type { WebhookReceiver } from '../../credentials/webhook-receiver.js';
import { LoadingCache } from '../../platform/http/loading-cache.js';
import { Clock } from '../../platform/time/clock.js';
import { RegistrationRepository } from './persistence/registration.repository.js';

const KEPT_MS = 10_000;
/** Whoever forges must not make us ask the database each time. */
const FRESHER_EVERY_MS = 1_000;
const MOST_PROVIDERS = 50;

/** What may have signed a webhook: the configured secrets and those of our registrations. */
@Injectable()
export class LiveSecrets {
  private readonly cache: LoadingCache<readonly SecretValue[]>;
  private readonly loadedAt = new Map<string, number>();

  constructor(
    private readonly registrations: RegistrationRepository,
    private readonly clock: Clock,
  ) {
    this.cache = new LoadingCache(MOST_PROVIDERS, clock);
  }

  async of(provider: string, receiver: WebhookReceiver): Promise<readonly SecretValue[]> {
    const registered = await this.cache.get(provider, async () => this.load(provider));
    return [...receiver.configuredSecrets, ...registered];
  }

  /** @returns `null` when they were read a moment ago. */
  async fresher(provider: string, receiver: WebhookReceiver): Promise<readonly SecretValue[] | null> {
    const age = this.clock.now().getTime() - (this.loadedAt.get(provider) ?? 0);
    if (age < FRESHER_EVERY_MS) return null;
    this.forget(provider);
    return this.of(provider, receiver);
  }

  forget(provider: string): void {
    this.cache.forget((key) => key === provider);
  }

  private async load(provider: string) {
    const now = this.clock.now().getTime();
    this.loadedAt.set(provider, now);
    return { value: await this.registrations.secrets(provider), keepUntil: new Date(now + KEPT_MS) };
  }
}
