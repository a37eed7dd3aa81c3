import { Injectable } from '@nestjs/common';

import { ProviderTraitsReader } from '../connections/provider-traits.js';
import { Clock } from '../platform/time/clock.js';
import { SyncMetrics } from './sync-metrics.js';

/** What every step of a sync needs around it. */
@Injectable()
export class SyncSurroundings {
  constructor(
    readonly traits: ProviderTraitsReader,
    readonly metrics: SyncMetrics,
    readonly clock: Clock,
  ) {}
}
