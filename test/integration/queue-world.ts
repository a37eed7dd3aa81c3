import { NestFactory } from '@nestjs/core';
import { Module, type INestApplicationContext, type Type } from '@nestjs/common';
import { Registry } from 'prom-client';

import { MIGRATIONS } from '../../migrations/all.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { Role } from '../../src/config/slices.js';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { HealthModule } from '../../src/platform/health/health.module.js';
import { HttpMetrics } from '../../src/platform/metrics/http-metrics.js';
import { MetricsModule } from '../../src/platform/metrics/metrics.module.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { JobQueue, type JobKind } from '../../src/platform/queue/job-queue.js';
import { JobWorkers, type JobHandler } from '../../src/platform/queue/job-workers.js';
import { QueueModule } from '../../src/platform/queue/queue.module.js';

export interface Numbered {
  readonly n: number;
}

export const PLAIN: JobKind<Numbered> = {
  name: 'test.plain',
  expireInSeconds: 60,
  retryLimit: 1,
  retryDelaySeconds: 1,
  retryDelayMaxSeconds: 1,
  onePerKey: false,
};

@Module({})
class World {}

/** A process that has the queue and nothing else. */
export class QueueProcess {
  private constructor(private readonly context: INestApplicationContext) {}

  static async start(url: string, role: Role = 'api', env: Record<string, string> = {}): Promise<QueueProcess> {
    const config = loadConfig({ DATABASE_URL: url, MOORING_ROLE: role, ...env });
    const registry = new Registry();
    const imports = [
      ConfigModule.forRoot(config),
      PlatformModule.forRoot(),
      MetricsModule.forRoot(registry, new HttpMetrics(registry)),
      DatabaseModule.forRoot(MIGRATIONS),
      HealthModule,
      QueueModule,
    ];
    const options = { logger: false, abortOnError: false } as const;
    return new QueueProcess(await NestFactory.createApplicationContext({ module: World, imports }, options));
  }

  get queue(): JobQueue {
    return this.inside(JobQueue);
  }

  get workers(): JobWorkers {
    return this.inside(JobWorkers);
  }

  handle<Data extends object>(kind: JobKind<Data>, handler: JobHandler<Data>, concurrency = 5): void {
    this.workers.handle(kind, handler, { concurrency });
  }

  inside<T>(part: (abstract new (...values: never[]) => T) | Type<T>): T {
    return this.context.get<T>(part, { strict: false });
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}

/** Resolves when `count` calls have come. */
export function arrivals(count: number): { readonly all: Promise<void>; readonly come: () => void } {
  let open: () => void = () => undefined;
  let left = count;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    all,
    come: () => {
      left -= 1;
      if (left === 0) open();
    },
  };
}
