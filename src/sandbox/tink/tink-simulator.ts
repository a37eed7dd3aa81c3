import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyInstance } from 'fastify';
import { listen } from '../simulator/listen.js';
import { createSimulatorServer } from '../simulator/server.js';
import { CredentialsDesk } from './credentials-desk.js';
import { InProcessControl } from './in-process-control.js';
import { bankRoutes } from './routes/bank.routes.js';
import { consentRoutes } from './routes/consents.routes.js';
import { controlRoutes } from './routes/control.routes.js';
import { credentialsRoutes } from './routes/credentials.routes.js';
import { dataControlRoutes } from './routes/data-control.routes.js';
import { dataRoutes } from './routes/data.routes.js';
import { linkRoutes } from './routes/link.routes.js';
import { oauthRoutes } from './routes/oauth.routes.js';
import { providerRoutes } from './routes/providers.routes.js';
import { userRoutes } from './routes/users.routes.js';
import { webhookEndpointRoutes } from './routes/webhook-endpoints.routes.js';
import { TinkError } from './tink-error.js';
import {
  NothingAwaited,
  type TinkSimulator,
  type TinkSimulatorOptions,
  UnknownCredentials,
} from './tink-simulator.types.js';
import { TinkWorld } from './tink-world.js';
import { WebhookOffice } from './webhooks/webhook-office.js';

/** What lets its holder act for a user. */
const SECRET_QUERY = ['state', 'authorization_code'];

/** A real HTTP server on loopback that a client of the vendor could talk to. @throws when the port is taken. */
export async function createTinkSimulator(options: TinkSimulatorOptions): Promise<TinkSimulator> {
  const world = new TinkWorld(options);
  await world.restore();
  const { faults, calls, file } = world;
  const app = createSimulatorServer({
    ...{ faults, calls, now: () => world.now(), save: () => file.save() },
    isSecretQuery: (key) => SECRET_QUERY.includes(key),
  });
  addHeaders(app);
  answerErrors(app);
  const desk = new CredentialsDesk(world);
  const office = new WebhookOffice(world);
  const control = new InProcessControl(world, office);
  oauthRoutes(app, world);
  userRoutes(app, world);
  credentialsRoutes(app, world, desk);
  consentRoutes(app, world, desk);
  providerRoutes(app, world);
  dataRoutes(app, world);
  bankRoutes(app, world);
  linkRoutes(app, world, desk);
  webhookEndpointRoutes(app, world, office);
  controlRoutes(app, control);
  dataControlRoutes(app, control);
  world.baseUrl = await listen(app, options);
  return {
    url: world.baseUrl,
    linkUrl: world.baseUrl,
    control,
    close: async () => {
      await office.stop();
      await app.close();
      await file.save();
    },
  };
}

/** The trace id is the caller's; the request id never is. */
function addHeaders(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => {
    reply.header('X-Request-ID', randomUUID());
    const trace = request.headers['x-client-trace-id'];
    if (typeof trace === 'string') reply.header('X-Client-Trace-ID', trace);
  });
}

function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler(async () => {
    throw new TinkError(404, 'HTTP 404 Not Found');
  });
  app.setErrorHandler(async (error: FastifyError | TinkError, _request, reply) => {
    const { statusCode, message, errorCode } = describe(error);
    return reply.code(statusCode).send({ errorMessage: message, errorCode });
  });
}

function describe(error: FastifyError | TinkError): Pick<TinkError, 'statusCode' | 'message' | 'errorCode'> {
  if (error instanceof TinkError) return error;
  const statusCode = statusOf(error);
  return { statusCode, message: error.message, errorCode: String(statusCode) };
}

function statusOf(error: FastifyError | TinkError): number {
  if (error instanceof UnknownCredentials) return 404;
  if (error instanceof NothingAwaited) return 409;
  return error.statusCode ?? 500;
}
