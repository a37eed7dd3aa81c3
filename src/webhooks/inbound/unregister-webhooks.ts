import { Injectable } from '@nestjs/common';

import { Failure } from '../../platform/errors/failure.js';
import { ProviderAccess } from '../../providers/registry/provider-access.js';
import { valueOf } from '../../providers/registry/provider-failures.js';
import { LiveSecrets } from './live-secrets.js';
import { RegistrationRepository } from './persistence/registration.repository.js';
import { RegistrationStore } from './registration-store.js';
import { WebhookRegistrars } from './webhook-registrars.js';

/** At the vendor first: what is cut short between the two is finished by a repeat. */
@Injectable()
export class UnregisterWebhooks {
  constructor(
    private readonly registrars: WebhookRegistrars,
    private readonly registrations: RegistrationRepository,
    private readonly store: RegistrationStore,
    private readonly providers: ProviderAccess,
    private readonly secrets: LiveSecrets,
  ) {}

  /** @throws Failure `webhook_endpoint.not_found`, `capability_unsupported`, or the provider's */
  async run(providerId: string, id: string, actor: string): Promise<void> {
    const { receiver } = this.registrars.get(providerId);
    const registration = await this.registrations.find(providerId, id);
    if (!registration) throw new Failure('webhook_endpoint.not_found');
    valueOf(await receiver.unregister(registration.vendorId, this.providers.call()));
    await this.store.remove(registration, actor);
    this.secrets.forget(providerId);
  }
}
