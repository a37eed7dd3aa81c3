import 'reflect-metadata';

import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DestinationStream } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';

import { AppModule, type Ground } from './app.module.js';
import type { Config } from './config/load-config.js';
import { DOCS_PATH, mountOpenApi } from './operations/openapi/openapi.js';
import { ProblemFilter } from './platform/errors/problem.filter.js';
import { ProblemResponder } from './platform/errors/problem-responder.js';
import { validationPipe } from './platform/errors/validation.pipe.js';
import { UuidIds } from './platform/ids/ids.js';
import { NestLogger } from './platform/logging/nest-logger.js';
import { createRootLogger } from './platform/logging/root-logger.js';
import { HttpMetrics } from './platform/metrics/http-metrics.js';
import type { PlatformOverrides } from './platform/platform.module.js';
import { fastifyServer } from './platform/server/fastify-server.js';
import { installRequestHooks } from './platform/server/request-hooks.js';
import { installSecurityHeaders } from './platform/server/security-headers.js';
import { RouteTable } from './platform/server/route-table.js';

/** Errors at start are thrown to the caller; bodies are parsed by `fastifyServer`. */
const NEST_OPTIONS: Readonly<NestApplicationOptions> = { abortOnError: false, bodyParser: false };

export interface AppOverrides extends PlatformOverrides {
  /** Where log lines go; standard output when not given. */
  readonly logStream?: DestinationStream;
}

/**
 * The whole application, ready to listen. The same for `main.ts` and for the end-to-end tests.
 * @throws DataDirectoryInUseError, or the driver's error when the database cannot be reached.
 */
export async function createApp(config: Config, overrides: AppOverrides = {}): Promise<NestFastifyApplication> {
  const ids = overrides.ids ?? new UuidIds();
  const ground = createGround(config, overrides);
  const adapter = fastifyServer(ids, (error, request, reply) => {
    app.get(ProblemResponder).answer(error, request, reply);
  });
  ground.routes.watch(adapter.getInstance());
  installRequestHooks(adapter.getInstance(), ground.logger, ground.httpMetrics);
  installSecurityHeaders(adapter.getInstance(), DOCS_PATH);
  const options: Readonly<NestApplicationOptions> = { ...NEST_OPTIONS, logger: new NestLogger(ground.logger) };
  const root = AppModule.forRoot(config, ground, { ...overrides, ids });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, options);
  app.useGlobalFilters(app.get(ProblemFilter));
  app.useGlobalPipes(validationPipe());
  mountOpenApi(app);
  for (const warning of config.warnings) ground.logger.warn(warning);
  return app;
}

function createGround(config: Config, { logStream }: AppOverrides): Ground {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    logger: createRootLogger(config.logging, logStream),
    registry,
    httpMetrics: new HttpMetrics(registry),
    routes: new RouteTable(),
  };
}
