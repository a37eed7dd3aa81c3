import { Injectable } from '@nestjs/common';

import { PacingConfig } from '../config/slices.js';
import { OutgoingHttp } from '../platform/http/outgoing-http.js';
import { DatabasePace } from '../platform/pacing/database-pace.js';
import { ProviderPace } from '../platform/pacing/provider-pace.js';
import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { ProviderUsage } from './provider-usage.js';
import type { AdminProviderResponse } from './providers.dto.js';

/** How the providers are doing, as this process sees it. */
@Injectable()
export class ProviderReport {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly config: PacingConfig,
    private readonly http: OutgoingHttp,
    private readonly outgoing: DatabasePace,
    private readonly pace: ProviderPace,
    private readonly usage: ProviderUsage,
  ) {}

  /** Also those that have no settings here. */
  async all(): Promise<AdminProviderResponse[]> {
    const configured: string[] = this.registry.all().map(({ id }) => id);
    const ids = [...configured, ...this.config.providers.filter((id) => !configured.includes(id))];
    return this.of(ids);
  }

  async of(ids: readonly string[]): Promise<AdminProviderResponse[]> {
    const [spent, places] = await Promise.all([this.usage.spentToday(), this.usage.places()]);
    const circuits = new Map(this.http.circuits().map(({ provider, state }) => [provider, state]));
    return Promise.all(
      ids.map(async (id) => ({
        id,
        name: this.registry.get(id)?.name ?? id,
        configured: this.registry.get(id) !== undefined,
        enabled: await this.pace.isEnabled(id),
        circuit: circuits.get(id) ?? 'closed',
        pausedUntil: (await this.pace.pausedUntil(id))?.toISOString() ?? null,
        ...this.here(id),
        usage: {
          callsHere: this.outgoing.gate(id).runningHere,
          places: places.get(id) ?? 0,
          unattendedRefreshesToday: spent.get(id) ?? 0,
        },
      })),
    );
  }

  private here(id: string): Pick<AdminProviderResponse, 'limits' | 'latency'> {
    const { limits, latency } = this.outgoing.gate(id);
    const now = performance.now();
    return {
      limits: { ...limits },
      latency: { calls: latency.calls(now), p50Ms: latency.quantile(0.5, now), p95Ms: latency.quantile(0.95, now) },
    };
  }
}
