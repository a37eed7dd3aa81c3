import type { FastifyInstance } from 'fastify';
import type { SharedControl } from './control-desk.js';
import { type Json, isObject, queryList } from './json.js';
import { isPattern, readFault } from './read-fault.js';
import { CONTROL_PREFIX } from './server.js';

interface Call {
  Params: { id: string };
  Querystring: Record<string, unknown>;
}

/** A control call that cannot be understood. */
export class ControlError extends Error {
  readonly statusCode = 400;
}

/** The shared part of the control over HTTP, for people and for tests in another process. */
export function sharedControlRoutes(app: FastifyInstance, control: SharedControl): void {
  clockRoutes(app, control);
  faultRoutes(app, control);
  callRoutes(app, control);
}

function clockRoutes(app: FastifyInstance, control: SharedControl): void {
  app.get(`${CONTROL_PREFIX}/state`, async () => control.state());
  app.get(`${CONTROL_PREFIX}/clock`, async () => ({ now: control.advance(0) }));
  app.post(`${CONTROL_PREFIX}/clock/advance`, async (request) => {
    const { ms } = controlBody(request.body);
    if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0) {
      throw new ControlError('ms must be a number, 0 or more');
    }
    return { now: control.advance(ms) };
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

function faultRoutes(app: FastifyInstance, control: SharedControl): void {
  app.get(`${CONTROL_PREFIX}/faults`, async () => ({ faults: control.state().faults }));
  app.post(`${CONTROL_PREFIX}/faults`, async (request) => {
    const rule = readFault(request.body);
    if (typeof rule === 'string') throw new ControlError(rule);
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
}

function callRoutes(app: FastifyInstance, control: SharedControl): void {
  app.get<Call>(`${CONTROL_PREFIX}/calls`, async (request) => {
    const [method] = queryList(request.query, 'method');
    const [path] = queryList(request.query, 'path');
    if (path !== undefined && !isPattern(path)) throw new ControlError('path must be a regular expression');
    return { calls: control.calls({ ...(method !== undefined && { method }), ...(path !== undefined && { path }) }) };
  });
  app.delete(`${CONTROL_PREFIX}/calls`, async (_request, reply) => {
    control.clearCalls();
    return reply.code(204).send();
  });
}

/** No body counts as an empty one. @throws ControlError for anything that is not an object. */
export function controlBody(body: unknown): Json {
  if (body === null || body === undefined) return {};
  if (!isObject(body)) throw new ControlError('The body must be an object');
  return body;
}

/** @throws ControlError for any other word. */
export function oneOf<T extends string>(words: readonly T[], text: unknown): T {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw new ControlError(`Must be one of ${words.join(', ')}`);
  return word;
}
