import type { ProviderId } from '../../credentials/provider-id.js';
import type { JobKind } from '../../platform/queue/job-queue.js';

export interface WebhookJob {
  readonly provider: string;
  /** Keyed hash of whom the webhooks are about. */
  readonly subject: string;
}

/** Takes all webhooks of one subject that wait. A lane for each provider, so that one's flood holds up no other. */
export function webhookJob(provider: ProviderId): JobKind<WebhookJob> {
  return {
    name: `webhooks.inbound.${provider}`,
    expireInSeconds: 120,
    retryLimit: 10,
    retryDelaySeconds: 1,
    retryDelayMaxSeconds: 300,
    onePerKey: true,
  };
}
