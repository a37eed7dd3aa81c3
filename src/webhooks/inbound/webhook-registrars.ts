import { Injectable } from '@nestjs/common';

import type { Provider } from '../../credentials/provider.js';
import type { WebhookReceiver } from '../../credentials/webhook-receiver.js';
import { Failure } from '../../platform/errors/failure.js';
import { ProviderRegistry } from '../../providers/registry/provider-registry.js';

export interface RegisteringProvider {
  readonly provider: Provider;
  readonly receiver: WebhookReceiver;
}

/** The providers at which endpoints can be registered. */
@Injectable()
export class WebhookRegistrars {
  constructor(private readonly registry: ProviderRegistry) {}

  /** @throws Failure `request.not_found`, `capability_unsupported` */
  get(id: string): RegisteringProvider {
    const provider = this.registry.get(id);
    if (!provider) throw new Failure('request.not_found', { detail: 'There is no such provider here.' });
    const receiver = provider.webhooks;
    if (!receiver) throw new Failure('capability_unsupported', { detail: `${provider.name} sends no webhooks.` });
    if (receiver.registers) return { provider, receiver };
    const variable = `${id.toUpperCase().replaceAll('-', '_')}_WEBHOOK_SECRET`;
    throw new Failure('capability_unsupported', {
      detail: `${provider.name} registers webhooks by hand: give it the address and set ${variable}.`,
      members: { variable },
    });
  }
}
