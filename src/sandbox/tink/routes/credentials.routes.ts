import type { FastifyInstance, FastifyReply } from 'fastify';
import { queryList } from '../../simulator/json.js';
import { objectOf, queryFlag, requiredText, textMap } from '../body.js';
import type { CredentialsDesk } from '../credentials-desk.js';
import { afterLook, viewOf } from '../credentials-view.js';
import { answer, approve, cancel } from '../machine/credential-machine.js';
import type { Credential } from '../machine/credential.js';
import { qrPng } from '../qr-picture.js';
import { badRequest, notFound } from '../tink-error.js';
import type { TinkWorld } from '../tink-world.js';
import type { CredentialsView } from '../wire.types.js';
import { authorize, authorizeUser } from './authorize.js';

interface ById {
  Params: { id: string };
  Querystring: Record<string, unknown>;
}

const ITEMS = [
  ...['CHECKING_ACCOUNTS', 'CHECKING_TRANSACTIONS', 'SAVING_ACCOUNTS', 'SAVING_TRANSACTIONS', 'CREDITCARD_ACCOUNTS'],
  ...['CREDITCARD_TRANSACTIONS', 'LOAN_ACCOUNTS', 'LOAN_TRANSACTIONS', 'INVESTMENT_ACCOUNTS', 'IDENTITY_DATA'],
  ...['INVESTMENT_TRANSACTIONS', 'TRANSFER_DESTINATIONS', 'EINVOICES', 'LIST_BENEFICIARIES'],
];

export function credentialsRoutes(app: FastifyInstance, world: TinkWorld, desk: CredentialsDesk): void {
  readRoutes(app, world, desk);
  writeRoutes(app, world, desk);
  refreshRoutes(app, world, desk);
  relayRoute(app, world);
}

function readRoutes(app: FastifyInstance, world: TinkWorld, desk: CredentialsDesk): void {
  app.get('/api/v1/credentials/list', async (request) => {
    const { userId } = authorizeUser(world, request, 'credentials:read');
    return { credentials: world.credentialsOf(userId).map((credential) => look(world, credential)) };
  });

  app.get<ById>('/api/v1/credentials/:id', async (request) => {
    const { userId } = authorizeUser(world, request, 'credentials:read');
    return look(world, desk.get(userId, request.params.id));
  });

  app.get<ById>('/api/v1/credentials/:id/qr', async (request, reply) => {
    const { userId } = authorizeUser(world, request, 'credentials:read');
    const { status, flow, run } = desk.get(userId, request.params.id);
    const hasToken = flow.kind === 'bankid' && flow.token && status === 'AWAITING_MOBILE_BANKID_AUTHENTICATION';
    if (!hasToken || !run) throw notFound('Autostart token');
    return sendQr(reply, world, qrPng(run.token));
  });
}

function writeRoutes(app: FastifyInstance, world: TinkWorld, desk: CredentialsDesk): void {
  app.post<ById>('/api/v1/credentials', async (request) => {
    const { userId } = authorizeUser(world, request, 'credentials:write');
    checkItems(request.query);
    return viewOf(desk.create(userId, objectOf(request.body)), world.baseUrl);
  });

  app.put<ById>('/api/v1/credentials/:id', async (request) => {
    const { userId } = authorizeUser(world, request, 'credentials:write');
    checkItems(request.query);
    return viewOf(desk.update(userId, request.params.id, objectOf(request.body)), world.baseUrl);
  });

  app.delete<ById>('/api/v1/credentials/:id', async (request, reply) => {
    const { userId } = authorizeUser(world, request, 'credentials:write');
    world.delete(desk.get(userId, request.params.id));
    return reply.code(204).send();
  });
}

function refreshRoutes(app: FastifyInstance, world: TinkWorld, desk: CredentialsDesk): void {
  app.post<ById>('/api/v1/credentials/:id/refresh', async (request, reply) => {
    const { userId } = authorizeUser(world, request, 'credentials:refresh');
    checkItems(request.query);
    const authenticate = queryFlag(request.query, 'authenticate');
    desk.refresh(userId, request.params.id, objectOf(request.body), authenticate);
    return reply.code(204).send();
  });

  app.post<ById>('/api/v1/credentials/:id/authenticate', async (request, reply) => {
    const { userId } = authorizeUser(world, request, 'credentials:refresh');
    desk.authenticate(userId, request.params.id, objectOf(request.body));
    return reply.code(204).send();
  });

  app.post<ById>('/api/v1/credentials/:id/supplemental-information', async (request, reply) => {
    const { userId } = authorizeUser(world, request, 'credentials:refresh');
    const credential = desk.get(userId, request.params.id);
    const information = textMap(objectOf(request.body), 'information');
    const answered = answer(credential, information, world.now(), world.stepMs);
    if (!answered) throw badRequest('No supplemental information is awaited');
    world.put(answered);
    return reply.code(204).send();
  });
}

/** No scope is listed for it; the unguessable state is what counts. */
function relayRoute(app: FastifyInstance, world: TinkWorld): void {
  app.post('/api/v1/credentials/third-party/callback/relayed', async (request) => {
    if (request.headers.authorization !== undefined) authorize(world, request);
    const body = objectOf(request.body);
    const state = requiredText(body, 'state');
    const parameters = textMap(body, 'parameters');
    const credential = world.allCredentials().find(({ run }) => run?.token === state);
    const [now, { stepMs }] = [world.now(), world];
    const moved =
      credential &&
      (parameters['code'] ? approve(credential, credential.outcome, now, stepMs) : cancel(credential, now, stepMs));
    if (!moved) throw badRequest('Unknown state');
    world.put(moved);
    return { appUri: moved.appUri };
  });
}

function look(world: TinkWorld, credential: Credential): CredentialsView {
  world.put(afterLook(credential));
  return viewOf(credential, world.baseUrl);
}

function checkItems(query: Record<string, unknown>): void {
  const unknown = queryList(query, 'items').find((item) => !ITEMS.includes(item));
  if (unknown !== undefined) throw badRequest(`Invalid item: ${unknown.slice(0, 40)}`);
}

function sendQr(reply: FastifyReply, world: TinkWorld, png: Buffer): FastifyReply {
  if (world.qrForm === 'png') return reply.type('image/png').send(png);
  const base64 = png.toString('base64');
  return reply.type('text/plain').send(world.qrForm === 'base64' ? base64 : `data:image/png;base64,${base64}`);
}
