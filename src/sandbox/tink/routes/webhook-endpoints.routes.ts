import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Json } from '../../simulator/json.js';
import { objectOf, optionalFlag, optionalText, requiredText } from '../body.js';
import { pageOf } from '../page.js';
import { badRequest, TinkError } from '../tink-error.js';
import type { TinkWorld } from '../tink-world.js';
import { EVENTS } from '../webhooks/events.js';
import type { WebhookEndpoint } from '../webhooks/webhook-book.js';
import type { EndpointChange, WebhookOffice } from '../webhooks/webhook-office.js';
import { authorize } from './authorize.js';

interface Call {
  Params: { id: string };
  Querystring: Record<string, unknown>;
}

const PATH = '/events/v2/webhook-endpoints';

/** Events v2. Only the app itself may manage its endpoints. */
export function webhookEndpointRoutes(app: FastifyInstance, world: TinkWorld, office: WebhookOffice): void {
  app.post(PATH, async (request) => {
    asApp(world, request);
    const body = objectOf(request.body);
    const [url, events] = [urlOf(requiredText(body, 'url')), eventsOf(body)];
    const created = office.create(
      url,
      events,
      optionalText(body, 'description') ?? '',
      optionalFlag(body, 'disabled') ?? false,
    );
    // The only reply that ever has the secret.
    return { ...view(created), secret: created.secret };
  });

  app.get<Call>(PATH, async (request) => {
    asApp(world, request);
    const { items, nextPageToken } = pageOf([...world.webhooks.endpoints.values()], request.query);
    return { webhookEndpoints: items.map(view), nextPageToken };
  });

  app.patch<Call>(`${PATH}/:id`, async (request) => {
    asApp(world, request);
    return view(office.change(request.params.id, changeOf(objectOf(objectOf(request.body)['webhookEndpoint']))));
  });

  app.delete<Call>(`${PATH}/:id`, async (request) => {
    asApp(world, request);
    office.delete(request.params.id);
    return {};
  });
}

function asApp(world: TinkWorld, request: FastifyRequest): void {
  if (authorize(world, request, 'webhook-endpoints').userId !== null) {
    throw new TinkError(403, 'Only an app may manage its webhook endpoints');
  }
}

function changeOf(body: Json): EndpointChange {
  const url = optionalText(body, 'url');
  const description = optionalText(body, 'description');
  const disabled = optionalFlag(body, 'disabled');
  return {
    ...(url !== null && { url: urlOf(url) }),
    ...(description !== null && { description }),
    ...(disabled !== null && { disabled }),
    ...(body['enabledEvents'] !== undefined && { enabledEvents: eventsOf(body) }),
  };
}

/** The vendor takes https only; here a receiver on this machine may do without. */
function urlOf(text: string): string {
  if (!URL.canParse(text)) throw badRequest('url is not valid');
  const { protocol, hostname } = new URL(text);
  const local = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && local)) throw badRequest('url must be https');
  return text;
}

function eventsOf(body: Json): readonly string[] {
  const given = body['enabledEvents'];
  if (!Array.isArray(given) || given.length === 0) throw badRequest('enabledEvents is required');
  return given.map((word: unknown) => {
    const event = EVENTS.find((known) => known === word);
    if (event === undefined) throw badRequest('enabledEvents has an unknown event');
    return event;
  });
}

function view({ createdAt, updatedAt, secret: _secret, ...endpoint }: WebhookEndpoint): Json {
  return { ...endpoint, createdAt: new Date(createdAt).toISOString(), updatedAt: new Date(updatedAt).toISOString() };
}
