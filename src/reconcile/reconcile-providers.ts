import { Injectable } from '@nestjs/common';

import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { ReconcileProvider } from './reconcile-provider.js';
import { canReconcile } from './upstream-credentials.js';

/** Looks for orphans at every provider, a bounded part in each run. */
@Injectable()
export class ReconcileProviders {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly one: ReconcileProvider,
  ) {}

  /** Any number of processes may run it. @returns how it went, in a few words, e.g. `tink finished, 2 reported`. */
  async run(signal: AbortSignal): Promise<string> {
    const words: string[] = [];
    for (const provider of this.registry.all().filter(canReconcile)) {
      if (signal.aborted) break;
      const { outcome, reported } = await this.one.run(provider, signal);
      words.push(`${provider.id} ${outcome}${reported > 0 ? `, ${String(reported)} reported` : ''}`);
    }
    return words.join('; ') || 'nothing to compare';
  }

  /** Providers that list nothing. */
  unsupported(): string[] {
    return this.registry.all().flatMap((provider) => (canReconcile(provider) ? [] : [provider.id]));
  }
}
