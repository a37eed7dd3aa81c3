import type { FastifyInstance } from 'fastify';
import { ControlError, controlBody, oneOf, sharedControlRoutes } from '../../simulator/control.routes.js';
import type { Json } from '../../simulator/json.js';
import { CONTROL_PREFIX } from '../../simulator/server.js';
import type { BankAnswer, FlanksControl, FlanksCredentialsState } from '../flanks-simulator.types.js';
import { groupOf } from '../machine/groups.js';
import { readSwitches } from '../switches.js';

interface Call {
  Params: { ref: string };
}

const ANSWERS: readonly BankAnswer[] = ['ok', 'challenge', 'refuse', 'down'];

/** The control over HTTP, for people and for tests in another process. */
export function controlRoutes(app: FastifyInstance, control: FlanksControl): void {
  sharedControlRoutes(app, control);
  app.get(`${CONTROL_PREFIX}/switches`, async () => control.state().switches);
  app.post(`${CONTROL_PREFIX}/switches`, async (request) =>
    control.setSwitches(readSwitches(controlBody(request.body))),
  );
  app.get<Call>(`${CONTROL_PREFIX}/credentials/:ref`, async (request) => control.credentials(request.params.ref));
  app.get<Call>(`${CONTROL_PREFIX}/credentials/:ref/totals`, async (request) => control.totals(request.params.ref));
  const actions: Readonly<Record<string, (ref: string, body: Json) => FlanksCredentialsState>> = {
    blocked: (ref, body) => control.setBlocked(ref, flag(body, 'blocked')),
    sca: (ref, body) => control.setSca(ref, flag(body, 'needed')),
    errored: (ref, body) => control.setErrored(ref, groups(body['groups'])),
    'bank-answer': (ref, body) => control.setBankAnswer(ref, oneOf(ANSWERS, body['answer'])),
  };
  for (const [name, act] of Object.entries(actions)) {
    app.post<Call>(`${CONTROL_PREFIX}/credentials/:ref/${name}`, async (request) =>
      act(request.params.ref, controlBody(request.body)),
    );
  }
}

function flag(body: Json, key: string): boolean {
  const value = body[key] ?? true;
  if (typeof value !== 'boolean') throw new ControlError(`${key} must be a boolean`);
  return value;
}

function groups(given: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [null];
  return list.map((word) => {
    const group = typeof word === 'string' ? groupOf(word) : null;
    if (!group) throw new ControlError('groups must be a list of groups such as product.account');
    return group;
  });
}
