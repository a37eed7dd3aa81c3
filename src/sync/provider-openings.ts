import { Injectable } from '@nestjs/common';

import type { ProviderId } from '../credentials/provider-id.js';
import { OutgoingHttp } from '../platform/http/outgoing-http.js';
import { ProviderPace } from '../platform/pacing/provider-pace.js';

const PLACES = { all: Infinity, trial: 1, none: 0 } as const;

/** Whether there is a point in sending syncs to a provider now. */
@Injectable()
export class ProviderOpenings {
  constructor(
    private readonly http: OutgoingHttp,
    private readonly pace: ProviderPace,
  ) {}

  /** False while it is switched off or asked for quiet: for all processes. */
  async isOpen(provider: ProviderId): Promise<boolean> {
    return !(await this.pace.isPaused(provider));
  }

  /**
   * How many jobs this process should have now. While its circuit is open it leaves them in the queue, but for trials:
   * it may be the only one that does not reach the provider, and a job that cannot call is over in a moment.
   */
  places(provider: ProviderId): number {
    return PLACES[this.http.admits(provider)];
  }
}
