import { Injectable } from '@nestjs/common';

import { SyncConfig } from '../config/slices.js';
import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { syncRhythm, type SyncRhythm } from './domain/sync-schedule.js';

/** What the decisions about a connection need to know of its provider. */
export interface ProviderTraits {
  readonly renewBeforeExpiry: boolean;
  /** `null` = the provider was switched off: nothing is planned. */
  readonly rhythm: SyncRhythm | null;
  /** `null` = unknown, nothing is read as final. */
  readonly settleWithinMs: number | null;
}

@Injectable()
export class ProviderTraitsReader {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly policy: SyncConfig,
  ) {}

  of(provider: string): ProviderTraits {
    const capabilities = this.registry.get(provider)?.credentials.capabilities;
    if (!capabilities) return { renewBeforeExpiry: false, rhythm: null, settleWithinMs: null };
    return {
      renewBeforeExpiry: capabilities.renewBeforeExpiry,
      rhythm: syncRhythm(capabilities, this.policy),
      settleWithinMs: capabilities.limits.settleWithinMs,
    };
  }
}
