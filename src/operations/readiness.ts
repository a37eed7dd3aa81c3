import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';

import { Failure } from '../platform/errors/failure.js';
import { HealthChecks, type HealthCheck } from '../platform/health/health-checks.js';

const PROBE_TIMEOUT_MS = 2_000;
/** Anybody may ask, so asking often must not cost the database more. */
const PROBE_CACHE_MS = 500;

export interface ReadinessReport {
  /** `degraded`: ready, but something optional is down. */
  readonly status: 'ok' | 'degraded';
  readonly checks: Readonly<Record<string, string>>;
}

@Injectable()
export class Readiness {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly checks: HealthChecks,
  ) {}

  /** @throws Failure `service.unavailable` when a required check is down or the process is stopping. */
  async check(): Promise<ReadinessReport> {
    const states: Record<string, string> = {};
    try {
      const report = await this.health.check(
        this.checks.all().map((check) => async () => {
          const result = await this.probe(check);
          states[check.name] = result[check.name]?.status ?? 'down';
          return result;
        }),
      );
      return { status: report.status === 'degraded' ? 'degraded' : 'ok', checks: states };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      throw new Failure('service.unavailable', { detail: 'Mooring is not ready.', members: states });
    }
  }

  /** The reason stays inside: it may name hosts and users. */
  private async probe(check: HealthCheck): Promise<HealthIndicatorResult> {
    const session = this.indicators.check(check.name);
    const attempt = await session
      .attempt(async ({ signal }) => check.probe(signal))
      .withTimeout(PROBE_TIMEOUT_MS)
      .cacheFor(PROBE_CACHE_MS);
    if (attempt[check.name]?.status === 'up') return session.up();
    return check.required ? session.down() : session.degraded();
  }
}
