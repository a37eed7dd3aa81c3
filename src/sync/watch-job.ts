import type { ProviderId } from '../credentials/provider-id.js';
import type { JobKind } from '../platform/queue/job-queue.js';

export interface WatchJob {
  readonly connectionId: string;
}

/** A queue for each provider, so that a slow one holds up nobody else. */
export function watchKind(provider: ProviderId): JobKind<WatchJob> {
  return {
    name: `watch.${provider}`,
    // Longer than any call to a provider may take.
    expireInSeconds: 45,
    // The connection says itself when it is looked at again.
    retryLimit: 1,
    retryDelaySeconds: 5,
    retryDelayMaxSeconds: 5,
    onePerKey: true,
  };
}
