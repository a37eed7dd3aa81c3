import type { FastifyInstance } from 'fastify';
import { CONTROL_PREFIX } from '../../simulator/server.js';
import { controlBody, oneOf, sharedControlRoutes } from '../../simulator/control.routes.js';
import { type Json, isObject } from '../../simulator/json.js';
import { objectOf, optionalFlag, optionalText, requiredText } from '../body.js';
import { OUTCOMES } from '../data/demo-users.js';
import { LINK_SPELLINGS, type LinkError } from '../link/link-return.js';
import type { CredentialsState, LinkSwitches, TinkControl } from '../tink-simulator.types.js';
import { type DetailedError, STATUSES } from '../wire.types.js';

interface Call {
  Params: { id: string };
}

/** The control over HTTP, for people and for tests in another process. */
export function controlRoutes(app: FastifyInstance, control: TinkControl): void {
  sharedControlRoutes(app, control);
  qrRoute(app, control);
  linkRoute(app, control);
  credentialRoutes(app, control);
}

function qrRoute(app: FastifyInstance, control: TinkControl): void {
  app.post(`${CONTROL_PREFIX}/qr-form`, async (request, reply) => {
    control.setQrForm(oneOf(['data-url', 'png', 'base64'] as const, controlBody(request.body)['form']));
    return reply.code(204).send();
  });
}

function linkRoute(app: FastifyInstance, control: TinkControl): void {
  app.post(`${CONTROL_PREFIX}/link`, async (request, reply) => {
    control.setLink(switchesOf(controlBody(request.body)));
    return reply.code(204).send();
  });
}

function switchesOf(body: Json): LinkSwitches {
  const earlyRedirect = optionalFlag(body, 'earlyRedirect');
  const { spelling, nextError } = body;
  return {
    ...(spelling !== undefined && { spelling: oneOf(LINK_SPELLINGS, spelling) }),
    ...(earlyRedirect !== null && { earlyRedirect }),
    ...(nextError !== undefined && { nextError: nextError === null ? null : linkErrorOf(objectOf(nextError)) }),
  };
}

function linkErrorOf(body: Json): LinkError {
  const type = optionalText(body, 'type');
  return {
    error: requiredText(body, 'error'),
    reason: requiredText(body, 'reason'),
    message: optionalText(body, 'message') ?? '',
    ...(type !== null && { type }),
  };
}

function credentialRoutes(app: FastifyInstance, control: TinkControl): void {
  const actions: Record<string, (id: string, body: Json) => CredentialsState> = {
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
      act(request.params.id, controlBody(request.body)),
    );
  }
}

function detailedErrorOf(body: Json): DetailedError | null {
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
