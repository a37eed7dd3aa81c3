import type { FastifyInstance } from 'fastify';
import { CONTROL_PREFIX } from '../../simulator/server.js';
import { type Body, isObject, objectOf, optionalText, queryList, requiredText } from '../body.js';
import { isPattern, readFault } from '../../simulator/read-fault.js';
import { OUTCOMES } from '../data/demo-users.js';
import { badRequest } from '../tink-error.js';
import type { CredentialsState, TinkControl } from '../tink-simulator.types.js';
import { type DetailedError, STATUSES } from '../wire.types.js';

interface Call {
  Params: { id: string };
  Querystring: Record<string, unknown>;
}

/** The control over HTTP, for people and for tests in another process. */
export function controlRoutes(app: FastifyInstance, control: TinkControl): void {
  clockRoutes(app, control);
  faultRoutes(app, control);
  credentialRoutes(app, control);
}

function clockRoutes(app: FastifyInstance, control: TinkControl): void {
  app.get(`${CONTROL_PREFIX}/state`, async () => control.state());
  app.get(`${CONTROL_PREFIX}/clock`, async () => ({ now: control.advance(0) }));
  app.post(`${CONTROL_PREFIX}/clock/advance`, async (request) => {
    const { ms } = objectOf(request.body);
    if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0) throw badRequest('ms must be a number, 0 or more');
    return { now: control.advance(ms) };
  });
  app.post(`${CONTROL_PREFIX}/qr-form`, async (request, reply) => {
    control.setQrForm(oneOf(['data-url', 'png', 'base64'] as const, requiredText(objectOf(request.body), 'form')));
    return reply.code(204).send();
  });
  app.post(`${CONTROL_PREFIX}/tokens/revoke`, async (_request, reply) => {
    control.revokeTokens();
    return reply.code(204).send();
  });
  app.post(`${CONTROL_PREFIX}/reset`, async (_request, reply) => {
    control.reset();
    return reply.code(204).send();
  });
}

function faultRoutes(app: FastifyInstance, control: TinkControl): void {
  app.get(`${CONTROL_PREFIX}/faults`, async () => ({ faults: control.state().faults }));
  app.post(`${CONTROL_PREFIX}/faults`, async (request) => {
    const rule = readFault(request.body);
    if (typeof rule === 'string') throw badRequest(rule);
    return { id: control.addFault(rule) };
  });
  app.delete(`${CONTROL_PREFIX}/faults`, async (_request, reply) => {
    control.clearFaults();
    return reply.code(204).send();
  });
  app.delete<Call>(`${CONTROL_PREFIX}/faults/:id`, async (request, reply) => {
    control.clearFaults(request.params.id);
    return reply.code(204).send();
  });
  app.get<Call>(`${CONTROL_PREFIX}/calls`, async (request) => {
    const [method] = queryList(request.query, 'method');
    const [path] = queryList(request.query, 'path');
    if (path !== undefined && !isPattern(path)) throw badRequest('path must be a regular expression');
    return { calls: control.calls({ ...(method !== undefined && { method }), ...(path !== undefined && { path }) }) };
  });
  app.delete(`${CONTROL_PREFIX}/calls`, async (_request, reply) => {
    control.clearCalls();
    return reply.code(204).send();
  });
}

function credentialRoutes(app: FastifyInstance, control: TinkControl): void {
  const actions: Record<string, (id: string, body: Body) => CredentialsState> = {
    status: (id, body) =>
      control.setStatus(id, {
        status: oneOf(STATUSES, requiredText(body, 'status')),
        detailedError: detailedErrorOf(body),
        statusPayload: optionalText(body, 'statusPayload'),
      }),
    outcome: (id, body) => control.setOutcome(id, oneOf(OUTCOMES, requiredText(body, 'outcome'))),
    'kill-session': (id, body) =>
      control.killSession(id, oneOf(['expire', 'silent'] as const, optionalText(body, 'how') ?? 'expire')),
    approve: (id) => control.approve(id),
    cancel: (id) => control.cancel(id),
  };
  app.get<Call>(`${CONTROL_PREFIX}/credentials/:id`, async (request) => control.credentials(request.params.id));
  for (const [name, act] of Object.entries(actions)) {
    app.post<Call>(`${CONTROL_PREFIX}/credentials/:id/${name}`, async (request) =>
      act(request.params.id, objectOf(request.body)),
    );
  }
}

function detailedErrorOf(body: Body): DetailedError | null {
  const given = body['detailedError'];
  if (given === undefined || given === null) return null;
  const error = objectOf(given);
  const details = isObject(error['details']) ? error['details'] : {};
  return {
    type: requiredText(error, 'type'),
    displayMessage: optionalText(error, 'displayMessage') ?? '',
    details: { reason: optionalText(details, 'reason'), retryable: details['retryable'] === true },
  };
}

function oneOf<T extends string>(words: readonly T[], text: string): T {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw badRequest(`Must be one of ${words.join(', ')}`);
  return word;
}
