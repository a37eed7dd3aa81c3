import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyInstance, FastifyReply, HTTPMethods } from 'fastify';
import { ControlError } from '../simulator/control.routes.js';
import { listen } from '../simulator/listen.js';
import { createSimulatorServer } from '../simulator/server.js';
import { FlanksError, plain } from './flanks-error.js';
import { type FlanksSimulator, type FlanksSimulatorOptions, UnknownCredentials } from './flanks-simulator.types.js';
import { FlanksWorld } from './flanks-world.js';
import { hostedRoutes } from './hosted/hosted.routes.js';
import { InProcessControl } from './in-process-control.js';
import { aggregationRoutes } from './routes/aggregation.routes.js';
import { codeRoutes } from './routes/codes.routes.js';
import { connectRoutes } from './routes/connect.routes.js';
import { controlRoutes } from './routes/control.routes.js';
import { credentialsRoutes } from './routes/credentials.routes.js';
import { linkRoutes } from './routes/links.routes.js';
import { tokenRoutes } from './routes/token.routes.js';

const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'DELETE'];
/** Everything else in a query may let its holder act for a user. */
const OPEN_QUERY = ['bank', 'external_id', 'rollback', 'link_token'];

/** A real HTTP server on loopback that a client of the vendor could talk to. @throws when the port is taken. */
export async function createFlanksSimulator(options: FlanksSimulatorOptions): Promise<FlanksSimulator> {
  const world = new FlanksWorld(options);
  await world.restore();
  const app = createSimulatorServer({
    faults: world.faults,
    calls: world.calls,
    now: () => world.now(),
    save: () => world.file.save(),
    isSecretQuery: (key) => !OPEN_QUERY.includes(key),
  });
  answerErrors(app, world);
  const control = new InProcessControl(world);
  for (const routes of [tokenRoutes, credentialsRoutes, linkRoutes, codeRoutes, connectRoutes, aggregationRoutes]) {
    routes(app, world);
  }
  hostedRoutes(app, world);
  controlRoutes(app, control);
  const url = await listen(app, options);
  world.baseUrl = url;
  return {
    url,
    platformUrl: url,
    control,
    close: async () => {
      await app.close();
      await world.file.save();
    },
  };
}

function answerErrors(app: FastifyInstance, world: FlanksWorld): void {
  app.setNotFoundHandler(async (request) => {
    const [path = ''] = request.url.split('?', 1);
    const isKnown = METHODS.some((method) => app.hasRoute({ url: path, method }));
    throw isKnown ? plain(405, 'Method not allowed') : plain(404, 'Not found');
  });
  app.setErrorHandler(async (error: FastifyError | Error, _request, reply) => answer(error, world, reply));
}

function answer(error: FastifyError | Error, world: FlanksWorld, reply: FastifyReply): FastifyReply {
  if (error instanceof FlanksError) {
    return reply.code(error.statusCode).send(error.body(world.switches, randomUUID()));
  }
  if (error instanceof UnknownCredentials) return reply.code(404).send({ error: error.message });
  if (error instanceof ControlError) return reply.code(error.statusCode).send({ error: error.message });
  const statusCode = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  return reply.code(statusCode).send({ error: statusCode < 500 ? 'Invalid body' : 'Internal Error' });
}
