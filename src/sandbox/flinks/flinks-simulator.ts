import type { FastifyError, FastifyInstance } from 'fastify';
import { ControlError } from '../simulator/control.routes.js';
import { listen } from '../simulator/listen.js';
import { createSimulatorServer } from '../simulator/server.js';
import { AuthorizeDesk } from './authorize-desk.js';
import { statusOf } from './flinks-codes.js';
import { FlinksError } from './flinks-error.js';
import { type FlinksSimulator, type FlinksSimulatorOptions, UnknownThing } from './flinks-simulator.types.js';
import { FlinksWorld } from './flinks-world.js';
import { InProcessControl } from './in-process-control.js';
import { authorizeRoutes } from './routes/authorize.routes.js';
import { cardRoutes, questionRoutes } from './routes/cards.routes.js';
import { connectRoutes } from './routes/connect.routes.js';
import { controlRoutes } from './routes/control.routes.js';
import { dataRoutes } from './routes/data.routes.js';
import { checkPlace } from './routes/gate.js';
import { institutionRoutes } from './routes/institutions.routes.js';

const LOOK_EVERY_MS = 500;
/** What else an address of Connect carries may let its holder act for a user. */
const OPEN_QUERY = ['demo', 'language', 'tag', 'skip', 'take'];

/** A real HTTP server on loopback that a client of the vendor could talk to. @throws when the port is taken. */
export async function createFlinksSimulator(options: FlinksSimulatorOptions): Promise<FlinksSimulator> {
  const world = new FlinksWorld(options);
  await world.restore();
  const { faults, calls, file } = world;
  const app = createSimulatorServer({
    faults,
    calls,
    now: () => world.now(),
    save: () => file.save(),
    isSecretQuery: (key) => key !== '' && !OPEN_QUERY.includes(key),
  });
  const desk = new AuthorizeDesk(world);
  const control = new InProcessControl(world);
  app.addHook('preHandler', async (request) => {
    checkPlace(world, request);
  });
  answerErrors(app, world);
  authorizeRoutes(app, world, desk);
  dataRoutes(app, world);
  cardRoutes(app, world, desk);
  questionRoutes(app, world, desk);
  institutionRoutes(app, world);
  connectRoutes(app, world, desk);
  controlRoutes(app, control);
  const url = await listen(app, options);
  const stopWatching = watch(world);
  return {
    apiUrl: url,
    connectUrl: url,
    control,
    close: async () => {
      stopWatching();
      await world.webhooks?.close();
      await app.close();
      await file.save();
    },
  };
}

/** Time passes without calls too, and webhooks go out when their time has come. */
function watch(world: FlinksWorld): () => void {
  if (!world.webhooks) return () => undefined;
  const timer = setInterval(() => world.now(), LOOK_EVERY_MS).unref();
  return () => {
    clearInterval(timer);
  };
}

/** Everything that went wrong has the vendor's envelope; what is outside its API has no code. */
function answerErrors(app: FastifyInstance, world: FlinksWorld): void {
  app.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send({ HttpStatusCode: 404, Message: 'Nothing is here.' }),
  );
  app.setErrorHandler(async (error: FastifyError, _request, reply) => {
    const failed =
      error.statusCode === 400 && !(error instanceof ControlError)
        ? new FlinksError('INVALID_REQUEST', { message: error.message })
        : error;
    if (failed instanceof FlinksError) {
      const status = statusOf(failed.code, world.switches);
      const head = { HttpStatusCode: status, Message: failed.message, FlinksCode: failed.code };
      return reply.code(status).send({ ...head, ...failed.body });
    }
    const status = error instanceof UnknownThing ? 404 : (error.statusCode ?? 500);
    return reply.code(status).send({ HttpStatusCode: status, Message: error.message });
  });
}
