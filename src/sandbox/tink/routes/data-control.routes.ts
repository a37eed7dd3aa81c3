import type { FastifyInstance } from 'fastify';
import { ControlError, controlBody, oneOf } from '../../simulator/control.routes.js';
import { queryList } from '../../simulator/json.js';
import { CONTROL_PREFIX } from '../../simulator/server.js';
import { optionalFlag, optionalText } from '../body.js';
import type { TinkControl } from '../tink-simulator.types.js';
import { FORGERIES } from '../webhooks/webhook-sender.js';

interface Call {
  Params: { id: string };
  Querystring: Record<string, unknown>;
}

const MOST_DELAY_MS = 86_400_000;

/** The control of data and webhooks over HTTP. */
export function dataControlRoutes(app: FastifyInstance, control: TinkControl): void {
  app.get<Call>(`${CONTROL_PREFIX}/totals`, async (request) => {
    const [credentialsId] = queryList(request.query, 'credentialsId');
    const [externalUserId] = queryList(request.query, 'externalUserId');
    return control.totals({
      ...(credentialsId !== undefined && { credentialsId }),
      ...(externalUserId !== undefined && { externalUserId }),
    });
  });
  app.post(`${CONTROL_PREFIX}/pending-ids`, async (request, reply) => {
    control.setPendingIds(oneOf(['kept', 'new'] as const, controlBody(request.body)['ids']));
    return reply.code(204).send();
  });
  app.post<Call>(`${CONTROL_PREFIX}/credentials/:id/remint`, async (request) => {
    const when = optionalText(controlBody(request.body), 'when') ?? 'now';
    return control.remintIds(request.params.id, oneOf(['now', 'next-run'] as const, when));
  });
  webhookRoutes(app, control);
}

function webhookRoutes(app: FastifyInstance, control: TinkControl): void {
  app.get(`${CONTROL_PREFIX}/webhooks`, async () => ({ deliveries: control.webhooks() }));
  app.post(`${CONTROL_PREFIX}/webhooks`, async (request, reply) => {
    const body = controlBody(request.body);
    const duplicate = optionalFlag(body, 'duplicate');
    const reorder = optionalFlag(body, 'reorder');
    const delayMs = delayOf(body['delayMs']);
    control.setWebhooks({
      ...(duplicate !== null && { duplicate }),
      ...(reorder !== null && { reorder }),
      ...(delayMs !== null && { delayMs }),
    });
    return reply.code(204).send();
  });
  app.post(`${CONTROL_PREFIX}/webhooks/flush`, async () => {
    await control.flushWebhooks();
    return { deliveries: control.webhooks() };
  });
  app.post<Call>(`${CONTROL_PREFIX}/credentials/:id/forge-webhook`, async (request, reply) => {
    control.forgeWebhook(request.params.id, oneOf(FORGERIES, controlBody(request.body)['how']));
    return reply.code(204).send();
  });
}

function delayOf(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && value >= 0 && value <= MOST_DELAY_MS) return value;
  throw new ControlError('delayMs must be a number from 0 to 86400000');
}
