import type { FastifyInstance } from 'fastify';
import { CONTROL_PREFIX } from '../../simulator/server.js';
import { bodyOf, flag, invalid, requiredText, word } from '../body.js';
import type { WebhookControl } from '../webhooks/webhook.types.js';

interface Call {
  Params: { id: string };
}

const ROUTES = `${CONTROL_PREFIX}/webhooks`;
const FORGERIES = ['unsigned', 'wrong_secret', 'changed_body'] as const;

/** What was sent, and how to send it wrongly. */
export function webhookRoutes(app: FastifyInstance, webhooks: WebhookControl): void {
  app.get(ROUTES, async () => ({ webhooks: webhooks.list() }));
  app.post(`${ROUTES}/manner`, async (request) => {
    const body = bodyOf(request.body);
    const delayMs = body.get('delayms');
    if (delayMs !== undefined && !isDelay(delayMs)) throw invalid('delayMs must be a whole number.');
    return webhooks.configure({
      ...(body.has('hold') && { hold: flag(body, 'hold', false) }),
      ...(delayMs !== undefined && { delayMs }),
      ...(body.has('header') && {
        header: word(body, 'header', ['flinks-authenticity-key', 'X-Flinks-Signature'], 'flinks-authenticity-key'),
      }),
    });
  });
  app.post(`${ROUTES}/release`, async (request) => {
    const order = word(bodyOf(request.body), 'order', ['as_made', 'reversed'], 'as_made');
    return { released: webhooks.release(order) };
  });
  app.post(`${ROUTES}/forge`, async (request) => {
    const body = bodyOf(request.body);
    return { id: webhooks.forge(requiredText(body, 'loginId'), word(body, 'forgery', FORGERIES, 'wrong_secret')) };
  });
  app.post<Call>(`${ROUTES}/:id/duplicate`, async (request) => ({ id: webhooks.duplicate(request.params.id) }));
  app.post(`${ROUTES}/idle`, async () => {
    await webhooks.idle();
    return { webhooks: webhooks.list() };
  });
}

const isDelay = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
