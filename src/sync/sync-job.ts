import type { ProviderId } from '../credentials/provider-id.js';
import type { JobKind } from '../platform/queue/job-queue.js';

/** One planned sync. */
export interface SyncJob {
  readonly connectionId: string;
  /** ISO time that stands in the connection as long as this plan holds. */
  readonly plannedFor: string;
}

/** A queue for each provider: an outage of one delays nobody else. */
export function syncKind(provider: ProviderId): JobKind<SyncJob> {
  return {
    name: `sync.${provider}`,
    expireInSeconds: 60,
    // A sync that fails is planned again by its own row; only a crash is repeated here.
    retryLimit: 2,
    retryDelaySeconds: 5,
    retryDelayMaxSeconds: 60,
    onePerKey: true,
  };
}
