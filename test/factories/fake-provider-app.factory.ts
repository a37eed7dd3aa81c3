import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Registry } from 'prom-client';

import { AppModule } from '../../src/app.module.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { Provider } from '../../src/credentials/provider.js';
import { ProblemFilter } from '../../src/platform/errors/problem.filter.js';
import { ProblemResponder } from '../../src/platform/errors/problem-responder.js';
import { validationPipe } from '../../src/platform/errors/validation.pipe.js';
import { UuidIds } from '../../src/platform/ids/ids.js';
import { NestLogger } from '../../src/platform/logging/nest-logger.js';
import { createRootLogger } from '../../src/platform/logging/root-logger.js';
import { HttpMetrics } from '../../src/platform/metrics/http-metrics.js';
import { fastifyServer } from '../../src/platform/server/fastify-server.js';
import { installRequestHooks } from '../../src/platform/server/request-hooks.js';
import { RouteTable } from '../../src/platform/server/route-table.js';
import type { MovableClock } from '../../src/platform/time/clock.js';
import { ProviderRegistry } from '../../src/providers/registry/provider-registry.js';
import { WorkDue } from '../../src/sync/work-due.js';
import { testDatabase } from './database.factory.js';

export const BOOTSTRAP_KEY = 'mk_bootstrap4711_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c';

export interface FakeProviderApp {
  readonly app: NestFastifyApplication;
  readonly baseUrl: string;
  /** What a worker does at a tick. */
  watch(): Promise<unknown>;
  logText(): string;
  close(): Promise<void>;
}

/** The whole application with these providers and no others. No file of the application knows them. */
export async function startWithProviders(
  providers: readonly Provider[],
  clock: MovableClock,
): Promise<FakeProviderApp> {
  const database = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'mooring-fake-'));
  const lines: string[] = [];
  const config = loadConfig({
    ...{ PORT: '0', MOORING_MODE: 'live', MOORING_ROLE: 'api', MOORING_LOG_LEVEL: 'debug' },
    ...{ MOORING_DATA_DIR: dataDir, DATABASE_URL: database.url, MOORING_BOOTSTRAP_KEY: BOOTSTRAP_KEY },
    MOORING_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 5).toString('base64')}`,
  });
  const metrics = new Registry();
  const logger = createRootLogger(config.logging, { write: (line) => void lines.push(line) });
  const ground = { logger, registry: metrics, httpMetrics: new HttpMetrics(metrics), routes: new RouteTable() };
  const ids = new UuidIds();
  const adapter = fastifyServer(ids, (error, request, reply) => {
    app.get(ProblemResponder).answer(error, request, reply);
  });
  ground.routes.watch(adapter.getInstance());
  installRequestHooks(adapter.getInstance(), ground.logger, ground.httpMetrics);
  const module = await Test.createTestingModule({ imports: [AppModule.forRoot(config, ground, { clock, ids })] })
    .overrideProvider(ProviderRegistry)
    .useValue(new ProviderRegistry(providers))
    .setLogger(new NestLogger(logger))
    .compile();
  const app = module.createNestApplication<NestFastifyApplication>(adapter, { bodyParser: false });
  app.useGlobalFilters(app.get(ProblemFilter));
  app.useGlobalPipes(validationPipe());
  await app.listen(0, '127.0.0.1');
  return {
    app,
    baseUrl: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    watch: async () => app.get(WorkDue, { strict: false }).run(),
    logText: () => lines.join(''),
    async close() {
      await app.close();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
