import { Injectable, Logger } from '@nestjs/common';

import type { WebhookRegistration } from '../../credentials/webhook-receiver.js';
import { ProviderAccess } from '../../providers/registry/provider-access.js';
import { valueOf } from '../../providers/registry/provider-failures.js';
import { LiveSecrets } from './live-secrets.js';
import { RegistrationStore } from './registration-store.js';
import type { Registration } from './registration.js';
import { WebhookRegistrars, type RegisteringProvider } from './webhook-registrars.js';

const TO_COMPARE = "to compare it with the vendor's list";

/**
 * Has a vendor send its webhooks to an address. The secret is told only once, so an endpoint whose secret was not
 * stored, by a crash or a lost answer, is useless: a repeat finds it in the vendor's list and replaces it.
 */
@Injectable()
export class RegisterWebhooks {
  private readonly log = new Logger(RegisterWebhooks.name);

  constructor(
    private readonly registrars: WebhookRegistrars,
    private readonly store: RegistrationStore,
    private readonly providers: ProviderAccess,
    private readonly secrets: LiveSecrets,
  ) {}

  /** @throws Failure `request.not_found`, `capability_unsupported`, `webhook_endpoint.busy`, or the provider's */
  async run(providerId: string, url: string, actor: string): Promise<Registration> {
    const registrar = this.registrars.get(providerId);
    const id = await this.store.claim(providerId, url);
    try {
      return await this.claimed(registrar, id, url, actor);
    } finally {
      await this.store.release(id);
      this.secrets.forget(providerId);
    }
  }

  private async claimed(registrar: RegisteringProvider, id: string, url: string, actor: string): Promise<Registration> {
    const { provider, receiver } = registrar;
    const known = await this.store.find(provider.id, id);
    const there = valueOf(await receiver.registrations(this.providers.call()));
    const same = there.filter((registration) => registration.url === url);
    if (known?.secret && same.some(({ vendorId }) => isSame(vendorId, known.vendorId))) return known;
    for (const stale of same) await this.unregister(registrar, stale);
    const made = valueOf(await receiver.register(url, this.providers.call()));
    const registration = await this.keep(registrar, id, made, actor);
    this.log.log({ provider: provider.id, registrationId: id }, 'webhooks registered');
    return registration;
  }

  /** A secret that cannot be stored is lost, and its endpoint with it. */
  private async keep(
    registrar: RegisteringProvider,
    id: string,
    made: WebhookRegistration,
    actor: string,
  ): Promise<Registration> {
    const provider = registrar.provider.id;
    try {
      return await this.store.keep(id, provider, made, actor);
    } catch (error) {
      await this.unregister(registrar, made).catch(() => {
        this.log.error({ provider }, 'an endpoint without a stored secret is left at the vendor');
      });
      throw error;
    }
  }

  private async unregister({ receiver }: RegisteringProvider, { vendorId }: WebhookRegistration): Promise<void> {
    valueOf(await receiver.unregister(vendorId, this.providers.call()));
  }
}

function isSame(one: WebhookRegistration['vendorId'], other: WebhookRegistration['vendorId']): boolean {
  return one.reveal(TO_COMPARE) === other.reveal(TO_COMPARE);
}
