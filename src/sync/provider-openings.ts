import { Injectable } from '@nestjs/common';

import type { ProviderId } from '../credentials/provider-id.js';
import { OutgoingHttp } from '../platform/http/outgoing-http.js';
import { ProviderPace } from '../platform/pacing/provider-pace.js';

/** `closed`: switched off, or it asked for quiet. `probing`: down, as this process sees it. */
export type Opening = 'open' | 'probing' | 'closed';

/** Whether there is a point in sending syncs to a provider now. */
@Injectable()
export class ProviderOpenings {
  constructor(
    private readonly http: OutgoingHttp,
    private readonly pace: ProviderPace,
  ) {}

  async of(provider: ProviderId): Promise<Opening> {
    if (await this.pace.isPaused(provider)) return 'closed';
    const isDown = this.http.circuits().some((each) => each.provider === provider && each.state !== 'closed');
    return isDown ? 'probing' : 'open';
  }
}
