import { Injectable } from '@nestjs/common';

import type { RawWebhook, WebhookReceiver } from '../../credentials/webhook-receiver.js';
import { Failure } from '../../platform/errors/failure.js';
import { Clock } from '../../platform/time/clock.js';
import { ProviderRegistry } from '../../providers/registry/provider-registry.js';
import { InboundMetrics } from './inbound-metrics.js';
import { InboxWriter } from './inbox-writer.js';
import { LiveSecrets } from './live-secrets.js';
import { WebhookFactory } from './webhook-factory.js';

/** Verifies a webhook and keeps it. Nothing else happens while the vendor waits. */
@Injectable()
export class ReceiveWebhook {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly secrets: LiveSecrets,
    private readonly factory: WebhookFactory,
    private readonly writer: InboxWriter,
    private readonly metrics: InboundMetrics,
    private readonly clock: Clock,
  ) {}

  /**
   * Resolves once it is committed, or known to be there already.
   * @throws Failure `request.not_found`, `webhook.signature_mismatch`, `webhook.unauthenticated`, `webhook.malformed`
   */
  async run(provider: string, raw: RawWebhook): Promise<void> {
    const receiver = this.registry.get(provider)?.webhooks;
    if (!receiver) throw new Failure('request.not_found', { detail: 'No provider sends webhooks to this address.' });
    const sentAt = await this.verify(provider, receiver, raw);
    const webhook = this.factory.webhook(provider, receiver, raw.body, sentAt);
    try {
      const isNew = await this.writer.write(webhook);
      const outcome = webhook.status === 'received' ? 'accepted' : webhook.status;
      this.metrics.received(provider, isNew ? outcome : 'duplicate');
    } catch (error) {
      this.metrics.received(provider, 'failed');
      throw error;
    }
  }

  /** Another process may have registered a secret a moment ago, so a refusal is final only with fresh ones. */
  private async verify(provider: string, receiver: WebhookReceiver, raw: RawWebhook): Promise<Date | null> {
    const now = this.clock.now();
    const secrets = await this.secrets.of(provider, receiver);
    let verified = receiver.verify(raw, secrets, now);
    if (!verified.ok) {
      const fresh = await this.secrets.fresher(provider, receiver);
      if (fresh) verified = receiver.verify(raw, fresh, now);
    } else if (secrets.length === 0) {
      verified = { ok: false, failure: { code: 'webhook.unauthenticated', message: 'No secret is configured.' } };
    }
    if (verified.ok) return verified.value.sentAt;
    this.metrics.received(provider, 'refused');
    throw new Failure(verified.failure.code, { detail: verified.failure.message });
  }
}
