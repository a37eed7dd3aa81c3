import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

import { Webhook } from 'standardwebhooks';

import { textAt } from '../rest-client.js';
import { TourError, type TourSteps } from './tour-steps.js';

const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 100;

interface Received {
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** A receiver of events that checks the signature, as a client's service does. */
export async function eventsLeg(steps: TourSteps): Promise<void> {
  steps.title('Events');
  const received: Received[] = [];
  const receiver = await listen(received);
  const url = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/hooks`;
  try {
    const endpoint = await steps.call('create endpoint', 201, 'POST', '/v1/webhook-endpoints', { url });
    const path = `/v1/webhook-endpoints/${textAt(endpoint.body, 'id')}`;
    await steps.call('send a test event', 200, 'POST', `${path}/test`);
    const event = await first(received);
    new Webhook(textAt(endpoint.body, 'secret')).verify(event.body, event.headers);
    steps.note(`${textAt(JSON.parse(event.body), 'type')} came, and its signature is right`);
    await steps.call('delete endpoint', 204, 'DELETE', path);
  } finally {
    receiver.close();
  }
}

async function listen(received: Received[]): Promise<Server> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
      received.push({ body, headers: Object.fromEntries(headers) });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** @throws TourError */
async function first(received: readonly Received[]): Promise<Received> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const [event] = received;
    if (event) return event;
    await pause(LOOK_EVERY_MS);
  }
  throw new TourError('No event came.');
}
