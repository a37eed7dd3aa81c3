import 'reflect-metadata';

import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { AppModule } from './app.module.js';
import type { Config } from './config/load-config.js';
import { ProblemFilter } from './platform/errors/problem.filter.js';
import { ProblemResponder } from './platform/errors/problem-responder.js';
import { validationPipe } from './platform/errors/validation.pipe.js';
import { UuidIds } from './platform/ids/ids.js';
import type { PlatformOverrides } from './platform/platform.module.js';
import { fastifyServer } from './platform/server/fastify-server.js';

export type AppOverrides = PlatformOverrides;

/** The whole application, ready to listen. The same for `main.ts` and for the end-to-end tests. */
export async function createApp(config: Config, overrides: AppOverrides = {}): Promise<NestFastifyApplication> {
  const ids = overrides.ids ?? new UuidIds();
  const adapter = fastifyServer(
    () => ids.next(),
    (error, request, reply) => {
      app.get(ProblemResponder).answer(error, request, reply);
    },
  );
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config, { ...overrides, ids }),
    adapter,
    {
      abortOnError: false,
      bodyParser: false,
    },
  );
  app.useGlobalFilters(app.get(ProblemFilter));
  app.useGlobalPipes(validationPipe());
  return app;
}
