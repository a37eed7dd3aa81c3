import type { FastifyInstance } from 'fastify';
import { sharedControlRoutes } from '../../simulator/control.routes.js';
import { CONTROL_PREFIX } from '../../simulator/server.js';
import { type Body, bodyOf, flag, invalid, language, optionalText, requiredText, textList, word } from '../body.js';
import { FLINKS_CODES } from '../flinks-codes.js';
import type { AttemptFilter, FlinksControl, FlinksSwitches, Script } from '../flinks-simulator.types.js';
import type { Language } from '../wire.types.js';
import { webhookRoutes } from './webhook.routes.js';

interface Call {
  Params: { id: string };
  Querystring: Record<string, unknown>;
}

/** The control over HTTP, for people and for tests in another process. */
export function controlRoutes(app: FastifyInstance, control: FlinksControl): void {
  sharedControlRoutes(app, control);
  sessionRoutes(app, control);
  bankRoutes(app, control);
  cardRoutes(app, control);
  webhookRoutes(app, control.webhooks);
}

function sessionRoutes(app: FastifyInstance, control: FlinksControl): void {
  app.get<Call>(`${CONTROL_PREFIX}/sessions/:id`, async (request) => control.session(request.params.id));
  app.post<Call>(`${CONTROL_PREFIX}/sessions/:id/expire`, async (request) => control.expireSession(request.params.id));
  app.post(`${CONTROL_PREFIX}/switches`, async (request) => control.configure(switchesOf(bodyOf(request.body))));
  app.post(`${CONTROL_PREFIX}/nightly`, async () => ({ attempted: control.runNightly() }));
}

function bankRoutes(app: FastifyInstance, control: FlinksControl): void {
  app.get<Call>(`${CONTROL_PREFIX}/attempts`, async (request) => ({
    attempts: control.attempts(attemptsOf(request.query)),
  }));
  app.delete(`${CONTROL_PREFIX}/attempts`, async (_request, reply) => {
    control.clearAttempts();
    return reply.code(204).send();
  });
  app.post(`${CONTROL_PREFIX}/scripts`, async (request, reply) => {
    control.script(scriptOf(bodyOf(request.body)));
    return reply.code(204).send();
  });
  app.delete(`${CONTROL_PREFIX}/scripts`, async (_request, reply) => {
    control.clearScripts();
    return reply.code(204).send();
  });
  app.post(`${CONTROL_PREFIX}/passwords`, async (request, reply) => {
    const body = bodyOf(request.body);
    control.setPassword(requiredText(body, 'username'), requiredText(body, 'password'));
    return reply.code(204).send();
  });
}

function cardRoutes(app: FastifyInstance, control: FlinksControl): void {
  app.post(`${CONTROL_PREFIX}/cards`, async (request) => {
    const body = bodyOf(request.body);
    const loginId = control.link({
      institution: optionalText(body, 'institution') ?? 'FlinksCapital',
      username: requiredText(body, 'username'),
      language: language(body),
      scheduleRefresh: flag(body, 'scheduleRefresh', false),
    });
    return control.card(loginId);
  });
  app.get<Call>(`${CONTROL_PREFIX}/cards/:id`, async (request) => control.card(request.params.id));
  app.get<Call>(`${CONTROL_PREFIX}/cards/:id/totals`, async (request) => {
    const days = Number(request.query['days'] ?? 365);
    if (!isCount(days)) throw invalid('days must be a whole number from 1.');
    return control.totals(request.params.id, days);
  });
  app.post<Call>(`${CONTROL_PREFIX}/cards/:id/last-refresh-error`, async (request) => {
    const code = word(bodyOf(request.body), 'code', [...FLINKS_CODES, 'none'], 'none');
    return control.setLastRefreshError(request.params.id, code === 'none' ? null : code);
  });
  app.post<Call>(`${CONTROL_PREFIX}/cards/:id/scheduled-refresh`, async (request) =>
    control.setScheduledRefresh(request.params.id, flag(bodyOf(request.body), 'active', true)),
  );
}

function scriptOf(body: Body): Script {
  const code = word(body, 'code', FLINKS_CODES, 'RETRY_LATER');
  const times = body.get('times');
  if (times !== undefined && times !== null && !isCount(times))
    throw invalid('times must be null or a whole number from 1.');
  return {
    username: requiredText(body, 'username'),
    at: word(body, 'at', ['authorize', 'answer', 'data'], 'authorize'),
    code,
    ...(times !== undefined && { times }),
  };
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0;

/** Only what was given. */
function switchesOf(body: Body): Partial<FlinksSwitches> {
  const number = (key: string): number => {
    const value = body.get(key.toLowerCase());
    if (value !== 0 && !isCount(value)) throw invalid(`${key} must be a whole number.`);
    return value;
  };
  const given = (key: keyof FlinksSwitches): boolean => body.has(key.toLowerCase());
  return {
    ...(given('generation') && { generation: word(body, 'generation', ['new', 'old'], 'new') }),
    ...(given('throttledStatus') && { throttledStatus: throttled(number('throttledStatus')) }),
    ...(given('requireToken') && { requireToken: flag(body, 'requireToken', true) }),
    ...(given('requireApiKey') && { requireApiKey: flag(body, 'requireApiKey', true) }),
    ...(given('pendingPolls') && { pendingPolls: number('pendingPolls') }),
    ...(given('cachedPendingPolls') && { cachedPendingPolls: number('cachedPendingPolls') }),
    ...(given('answerAttempts') && { answerAttempts: number('answerAttempts') }),
    ...(given('deleteUnknown') && { deleteUnknown: word(body, 'deleteUnknown', ['error', 'text'], 'error') }),
    ...(given('nightlyNeedsCachedCall') && { nightlyNeedsCachedCall: flag(body, 'nightlyNeedsCachedCall', true) }),
    ...(given('disabledEndpoints') && { disabledEndpoints: textList(body, 'disabledEndpoints') ?? [] }),
  };
}

function throttled(status: number): FlinksSwitches['throttledStatus'] {
  if (status !== 401 && status !== 403 && status !== 429) throw invalid('throttledStatus must be 401, 403 or 429.');
  return status;
}

function attemptsOf(query: Record<string, unknown>): AttemptFilter {
  const body = bodyOf(query);
  const [cause, institution] = [optionalText(body, 'cause'), optionalText(body, 'institution')];
  const [username, loginId] = [optionalText(body, 'username'), optionalText(body, 'loginId')];
  const causes = ['credentials', 'login-id', 'connect', 'nightly'] as const;
  const words: readonly Language[] = ['en', 'fr'];
  return {
    ...(cause !== null && { cause: word(body, 'cause', causes, 'credentials') }),
    ...(institution !== null && { institution }),
    ...(username !== null && { username }),
    ...(loginId !== null && { loginId }),
    ...(body.has('language') && { language: word(body, 'language', words, 'en') }),
  };
}
