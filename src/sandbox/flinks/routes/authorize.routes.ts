import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuthorizeDesk, Opening } from '../authorize-desk.js';
import { isObject } from '../../simulator/json.js';
import { type Body, bodyOf, flag, invalid, language, optionalText, requiredText, texts } from '../body.js';
import { institutionNamed } from '../data/institutions.js';
import { FlinksError } from '../flinks-error.js';
import type { SecurityResponses } from '../flinks-simulator.types.js';
import type { FlinksWorld } from '../flinks-world.js';
import type { Session } from '../machine/session.js';
import { authorizedView, challengedView, errorOf, workingView } from '../views/session-view.js';
import { BANKING, type Bind, checkSecret, checkToken } from './gate.js';

export function authorizeRoutes(app: FastifyInstance, world: FlinksWorld, desk: AuthorizeDesk): void {
  app.post(`${BANKING}/GenerateAuthorizeToken`, async (request) => {
    checkSecret(world, request);
    return { HttpStatusCode: 200, Token: world.tokens.issue(world.now(), world.pace.timers.token) };
  });
  app.post(`${BANKING}/Authorize`, async (request, reply) => authorize(world, desk, request, reply, false));
  app.post(`${BANKING}/AuthorizeAsync`, async (request, reply) => authorize(world, desk, request, reply, true));
}

function authorize(
  world: FlinksWorld,
  desk: AuthorizeDesk,
  request: FastifyRequest,
  reply: FastifyReply,
  background: boolean,
): FastifyReply {
  const body = bodyOf(request.body);
  const requestId = optionalText(body, 'RequestId')?.toLowerCase() ?? null;
  const bind = checkToken(world, request, requestId);
  if (requestId !== null) {
    const session = world.session(requestId);
    if (!session) throw new FlinksError('SESSION_NONEXISTENT', { body: { RequestId: requestId } });
    const responses = responsesOf(body);
    const polls = session.phase.kind === 'working' || (background && responses === null);
    const answered = polls ? session : desk.answer(session, responses ?? {}, background);
    return show(world, reply, answered, polls || answered !== session);
  }
  const open = opener(desk, body, background);
  return show(world, reply, spending(bind, open), false);
}

/** A token is used up by the attempt, also by one that opens nothing. */
function spending(bind: Bind, open: () => Session): Session {
  let requestId: string = randomUUID();
  try {
    const session = open();
    requestId = session.requestId;
    return session;
  } finally {
    bind(requestId);
  }
}

/** Reads everything before anything happens. @throws FlinksError INVALID_REQUEST */
function opener(desk: AuthorizeDesk, body: Body, background: boolean): () => Session {
  const loginId = optionalText(body, 'LoginId');
  const tag = optionalText(body, 'Tag');
  const opening: Opening = {
    save: flag(body, 'Save', false),
    scheduleRefresh: flag(body, 'ScheduleRefresh', false),
    everyQuestion: flag(body, 'WithMfaQuestions', false),
    ...{ statements: true, tag, background },
  };
  if (flag(body, 'MostRecentCached', false)) {
    if (loginId === null) throw invalid('LoginId is required.');
    return () => desk.cached(loginId, tag);
  }
  if (loginId !== null) return () => desk.saved(loginId, opening);
  const institution = institutionNamed(requiredText(body, 'Institution'));
  if (!institution) throw invalid('The institution is unknown.');
  const login = { institutionId: institution.id, username: requiredText(body, 'Username'), language: language(body) };
  const password = requiredText(body, 'Password');
  return () => desk.present('credentials', login, password, opening);
}

/** `null` when there are none. Prompts keep their letters. */
function responsesOf(body: Body): SecurityResponses | null {
  const given = body.get('securityresponses');
  if (given === undefined || given === null) return null;
  if (!isObject(given)) throw invalid('SecurityResponses must be an object.');
  return Object.fromEntries(Object.entries(given).map(([prompt, answers]) => [prompt, texts(answers, prompt)]));
}

/** @param tells whether a wrong answer is told; an empty answer gets the challenges only */
function show(world: FlinksWorld, reply: FastifyReply, session: Session, tells: boolean): FastifyReply {
  const { phase } = session;
  switch (phase.kind) {
    case 'working':
      return reply.code(202).send(workingView(session));
    case 'challenged':
      if (phase.wrong && tells) throw errorOf(session, 'INVALID_SECURITY_RESPONSE');
      return reply.code(203).send(challengedView(session));
    case 'authorized':
      return reply.code(200).send(authorizedView(session, world.cards.find(session.loginId ?? '')));
    case 'failed':
      throw errorOf(session, phase.code);
    case 'closed':
      throw errorOf(session, 'SESSION_NONEXISTENT');
  }
}
