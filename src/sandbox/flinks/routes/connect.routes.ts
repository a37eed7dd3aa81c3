import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuthorizeDesk } from '../authorize-desk.js';
import { bodyOf } from '../body.js';
import { ConnectDesk } from '../connect/connect-desk.js';
import { sendHtml } from '../connect/html.js';
import { challengesPage, consentPage, credentialsPage, institutionsPage, notice } from '../connect/pages.js';
import type { Visit } from '../connect/visit.js';
import { institutionOf } from '../data/institutions.js';
import { FlinksError } from '../flinks-error.js';
import type { FlinksWorld } from '../flinks-world.js';
import type { Session } from '../machine/session.js';

const RELOADS = '<meta http-equiv="refresh" content="1">';

interface Call {
  Params: { id: string };
}

/** The hosted pages: consent, bank, login, questions, and back to the app. */
export function connectRoutes(app: FastifyInstance, world: FlinksWorld, desk: AuthorizeDesk): void {
  const connect = new ConnectDesk(world, desk);
  app.get('/v2', async (request, reply) => enter(world, connect, request, reply, null));
  app.get('/v2/', async (request, reply) => enter(world, connect, request, reply, null));
  // The vendor's own article prints the second one.
  for (const path of ['/v2/Credential/:id', '/v2//Credential/:id']) {
    app.get<Call>(path, async (request, reply) => enter(world, connect, request, reply, Number(request.params.id)));
  }
  app.get<Call>('/v2/visit/:id', async (request, reply) => {
    const visit = connect.find(request.params.id);
    return visit ? show(world, connect, reply, visit) : gone(reply);
  });
  app.post<Call>('/v2/visit/:id', async (request, reply) => {
    const visit = connect.find(request.params.id);
    if (!visit || visit.left) return gone(reply);
    const moved = connect.post(visit, bodyOf(request.body));
    const session = connect.sessionOf(moved);
    if (session?.phase.kind === 'authorized') return finish(world, reply, moved, session);
    return reply.redirect(`/v2/visit/${moved.id}`, 303);
  });
}

function enter(
  world: FlinksWorld,
  connect: ConnectDesk,
  request: FastifyRequest,
  reply: FastifyReply,
  institutionId: number | null,
): FastifyReply {
  try {
    if (institutionId !== null && !institutionOf(institutionId)) return sendHtml(reply, 404, notice('Unknown bank.'));
    const entered = connect.open(bodyOf(request.query), institutionId);
    if (typeof entered === 'string') return sendHtml(reply, 401, notice(entered));
    return show(world, connect, reply, entered);
  } catch (error) {
    if (error instanceof FlinksError) return sendHtml(reply, 400, notice(error.message));
    throw error;
  }
}

function show(world: FlinksWorld, connect: ConnectDesk, reply: FastifyReply, visit: Visit): FastifyReply {
  if (visit.left) return sendHtml(reply, 200, notice('Nothing was connected. You can close this window.'));
  const session = connect.sessionOf(visit);
  switch (session?.phase.kind) {
    case 'working':
      return sendHtml(reply, 200, notice('Your bank is at work.') + RELOADS);
    case 'challenged':
      return sendHtml(reply, 200, challengesPage(visit, session.rounds[0]?.challenges ?? []));
    case 'authorized':
      return finish(world, reply, visit, session);
    case 'failed':
      return ask(reply, { ...visit, error: session.phase.code });
    case 'closed':
      return gone(reply);
    case undefined:
      return ask(reply, visit);
  }
}

function ask(reply: FastifyReply, visit: Visit): FastifyReply {
  if (!visit.consented) return sendHtml(reply, 200, consentPage(visit));
  const bank = visit.institutionId === null ? null : institutionOf(visit.institutionId);
  return sendHtml(reply, 200, bank ? credentialsPage(visit, bank) : institutionsPage(visit));
}

/** The address keeps the query that it came with, letter by letter. */
function finish(world: FlinksWorld, reply: FastifyReply, visit: Visit, session: Session): FastifyReply {
  const card = world.cards.find(session.loginId ?? '');
  const result = new URLSearchParams({
    ...(card && { loginId: card.loginId }),
    institution: institutionOf(session.login.institutionId)?.name ?? '',
    ...(visit.tag !== null && { tag: visit.tag }),
  });
  if (visit.redirectUrl === null) return sendHtml(reply, 200, notice(`Connected. ${result.toString()}`));
  const [address = '', fragment] = visit.redirectUrl.split('#', 2);
  const joined = `${address}${address.includes('?') ? '&' : '?'}${result.toString()}`;
  return reply.redirect(fragment === undefined ? joined : `${joined}#${fragment}`, 303);
}

function gone(reply: FastifyReply): FastifyReply {
  return sendHtml(reply, 410, notice('This visit is over.'));
}
