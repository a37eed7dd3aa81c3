import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { objects, text, type Json } from '../../simulator/testing/json-answer.js';
import { GOOD_LOGIN, TinkDriver } from '../testing/tink-driver.js';
import { signatureOf } from './signed-post.js';

const ENDPOINTS = '/events/v2/webhook-endpoints';
const DAY_MS = 86_400_000;

interface Post {
  readonly signature: string;
  readonly body: string;
}

describe('webhooks', () => {
  let driver: TinkDriver;
  let app: string;
  let receiver: Server;
  let url: string;
  let answers: number[];
  const posts: Post[] = [];

  beforeEach(async () => {
    posts.length = 0;
    answers = [];
    driver = await TinkDriver.start();
    app = await driver.clientToken('webhook-endpoints,user:create,authorization:grant');
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        posts.push({
          signature: String(request.headers['x-tink-signature']),
          body: Buffer.concat(chunks).toString(),
        });
        response.writeHead(answers.shift() ?? 204).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  });
  afterEach(async () => {
    await driver.sim.close();
    await new Promise((resolve) => receiver.close(resolve));
  });

  const control = () => driver.sim.control;
  const register = async (enabledEvents: readonly string[] = ['refresh:finished'], extra: Json = {}) =>
    driver.call('POST', ENDPOINTS, { token: app, json: { url, enabledEvents, ...extra } });
  const list = async () => objects((await driver.call('GET', ENDPOINTS, { token: app })).body, 'webhookEndpoints');
  const connect = async () => {
    const token = await driver.userToken();
    return { token, id: await driver.connected(token, 'se-demobank-password') };
  };
  const refresh = async (id: string) => {
    await driver.call('POST', `/api/v1/credentials/${id}/refresh`, { token: await driver.userToken() });
    driver.steps(4);
  };
  const events = () => posts.map(({ body }) => (JSON.parse(body) as Json)['event']);

  describe('endpoints', () => {
    it('tell their secret once', async () => {
      const { status, body } = await register();
      expect(status).toBe(200);
      expect(text(body, 'secret')).toMatch(/^[0-9a-f]{48}$/);
      expect(await list()).toEqual([{ ...body, secret: undefined }].map(({ secret: _secret, ...rest }) => rest));
      expect(JSON.stringify(control().state())).not.toContain(text(body, 'secret'));
    });

    it('are changed and deleted', async () => {
      const id = text((await register()).body, 'id');
      const json = { webhookEndpoint: { disabled: true, description: 'paused' } };
      expect((await driver.call('PATCH', `${ENDPOINTS}/${id}`, { token: app, json })).body).toMatchObject({
        ...{ id, url, disabled: true, description: 'paused' },
      });
      expect((await driver.call('DELETE', `${ENDPOINTS}/${id}`, { token: app })).status).toBe(200);
      expect((await driver.call('DELETE', `${ENDPOINTS}/${id}`, { token: app })).status).toBe(404);
      expect(await list()).toEqual([]);
    });

    it('are not there twice', async () => {
      await register(['refresh:finished', 'account:created']);
      expect((await register(['account:created', 'refresh:finished'])).status).toBe(409);
      expect((await register(['account:created'])).status).toBe(200);
    });

    it.each([
      { url: 'http://else.test/hook' },
      { url: 'ftp://127.0.0.1/' },
      { url: 'hook' },
      { url: '' },
      { enabledEvents: [] },
      { enabledEvents: ['moon:landed'] },
      { enabledEvents: 'refresh:finished' },
    ])('refuse %j', async (extra) => {
      expect((await register(undefined, extra)).status).toBe(400);
      expect(await list()).toEqual([]);
    });

    it("are the app's alone", async () => {
      const user = await driver.userToken();
      expect((await driver.call('GET', ENDPOINTS, { token: user })).status).toBe(403);
      const without = await driver.clientToken('user:create');
      expect((await driver.call('GET', ENDPOINTS, { token: without })).status).toBe(403);
      expect((await driver.call('GET', ENDPOINTS)).status).toBe(401);
    });
  });

  it('are not sent when nobody listens, and nothing of the past is told later', async () => {
    const { id } = await connect();
    await control().flushWebhooks();
    await register();
    await control().flushWebhooks();
    expect(control().webhooks()).toEqual([]);
    await refresh(id);
    await control().flushWebhooks();
    expect(events()).toEqual(['refresh:finished']);
  });

  it('are signed over their bytes, at the time of the clock', async () => {
    const secret = text((await register()).body, 'secret');
    const { id } = await connect();
    await control().flushWebhooks();
    const seconds = driver.clock.now().getTime() / 1000;
    expect(posts.map(({ signature }) => signature)).toEqual([signatureOf(posts[0]?.body ?? '', secret, seconds)]);
    const { updated } = control().credentials(id);
    expect(JSON.parse(posts[0]?.body ?? '')).toMatchObject({
      context: { externalUserId: 'cust-1' },
      content: { credentialsId: id, credentialsStatus: 'UPDATED', finished: updated },
      event: 'refresh:finished',
    });
    expect(control().webhooks()).toMatchObject([{ kind: 'genuine', state: 'delivered', attempts: [{ status: 204 }] }]);
  });

  it('are of our documented vector', () => {
    const body = '{"context": {...}, "event": "...",  "content": {...}}';
    const v1 = '3808bca389150582fd78bdb5e3dfcf46f99ff168d37d60cdc13da7c5e49abefb';
    expect(signatureOf(body, 'top_secret_top_secret_top_secret', 1_620_198_421)).toBe(`t=1620198421,v1=${v1}`);
  });

  it('tell of failures, once', async () => {
    await register();
    await driver.create(await driver.userToken(), 'se-demobank-password', { ...GOOD_LOGIN, password: 'nope' });
    driver.steps(5);
    await control().flushWebhooks();
    await control().flushWebhooks();
    expect(posts).toHaveLength(1);
    expect(JSON.parse(posts[0]?.body ?? '')).toMatchObject({
      content: {
        credentialsStatus: 'AUTHENTICATION_ERROR',
        detailedError: { details: { reason: 'STATIC_CREDENTIALS_INCORRECT' } },
      },
    });
  });

  it('tell of new, changed and vanished transactions by account', async () => {
    await register([
      'account:created',
      'account:updated',
      'account-transactions:modified',
      'account-transactions:deleted',
    ]);
    const { id } = await connect();
    await control().flushWebhooks();
    expect(events().filter((event) => event === 'account:created')).toHaveLength(3);
    posts.length = 0;
    control().setPendingIds('new');
    driver.clock.advance(10 * DAY_MS);
    await refresh(id);
    await control().flushWebhooks();
    expect(events().filter((event) => event === 'account:updated')).toHaveLength(3);
    const changes = posts.map(({ body }) => JSON.parse(body) as { event: string; content: { transactions: Json } });
    const modified = changes.filter(({ event }) => event === 'account-transactions:modified');
    expect(modified.length).toBeGreaterThan(0);
    for (const { content } of modified) expect(content.transactions['inserted']).toBeGreaterThan(0);
  });

  it.each([
    [503, 4],
    [429, 4],
    [412, 1],
    [400, 1],
    [301, 1],
  ])('answered with %d are tried %d times in all', async (status, times) => {
    await register();
    answers = Array.from({ length: 9 }, () => status);
    await connect();
    for (let minute = 0; minute < 3; minute += 1) {
      for (let second = 0; second < 10; second += 1) {
        await control().flushWebhooks();
        driver.clock.advance(1000);
      }
    }
    expect(posts).toHaveLength(times);
    expect(control().webhooks()).toMatchObject([{ state: 'given_up' }]);
    expect(control().webhooks()[0]?.attempts).toHaveLength(times);
  });

  it('wait longer before each repeat, and stop at a success', async () => {
    await register();
    answers = [500, 500];
    await connect();
    await control().flushWebhooks();
    for (let second = 0; second < 10; second += 1) {
      driver.clock.advance(1000);
      await control().flushWebhooks();
    }
    const attempts = control().webhooks()[0]?.attempts ?? [];
    const [first] = attempts;
    expect(attempts.map(({ at, status }) => [at - (first?.at ?? 0), status])).toEqual([
      [0, 500],
      [1000, 500],
      [3000, 204],
    ]);
  });

  it('are given up when nobody answers', async () => {
    await register();
    await new Promise((resolve) => receiver.close(resolve));
    await connect();
    await control().flushWebhooks();
    expect(control().webhooks()).toMatchObject([{ state: 'given_up', attempts: [{ status: null }] }]);
    receiver.listen(0);
  });

  it('come twice, late and out of order on request', async () => {
    await register();
    control().setWebhooks({ duplicate: true, reorder: true, delayMs: 60_000 });
    const token = await driver.userToken();
    const ids = [await driver.connected(token, 'se-demobank-password')];
    await control().flushWebhooks();
    ids.push(await driver.connected(token, 'de-demobank-password'));
    await control().flushWebhooks();
    expect(posts).toEqual([]);
    driver.clock.advance(60_000);
    await control().flushWebhooks();
    const told = posts.map(({ body }) => (JSON.parse(body) as { content: Json }).content['credentialsId']);
    expect(told).toEqual([ids[1], ids[1], ids[0], ids[0]]);
    expect(
      control()
        .webhooks()
        .map(({ kind }) => kind),
    ).toEqual(['genuine', 'duplicate', 'genuine', 'duplicate']);
  });

  it('go to a fixed address without registration', async () => {
    await driver.sim.close();
    driver = await TinkDriver.start({ webhookUrl: url, webhookSecret: 'fixed-secret' });
    await connect();
    await control().flushWebhooks();
    const seconds = driver.clock.now().getTime() / 1000;
    expect(events()).toContain('refresh:finished');
    for (const { body, signature } of posts) expect(signature).toBe(signatureOf(body, 'fixed-secret', seconds));
  });

  it('stop with the simulator, also while a receiver keeps silent', async () => {
    await register();
    receiver.removeAllListeners('request');
    await connect();
    const flushed = control().flushWebhooks();
    await new Promise<void>((resolve) =>
      receiver.once('request', () => {
        resolve();
      }),
    );
    await driver.sim.close();
    await flushed;
    receiver.closeAllConnections();
    driver = await TinkDriver.start();
  });

  it('are steered over HTTP too', async () => {
    await register();
    const { id } = await connect();
    const at = async (method: string, path: string, json?: unknown) =>
      driver.call(method, `/__sim/${path}`, json === undefined ? {} : { json });
    expect((await at('POST', 'webhooks', { duplicate: true, delayMs: -1 })).status).toBe(400);
    expect((await at('POST', 'webhooks', { duplicate: true, reorder: false, delayMs: 0 })).status).toBe(204);
    expect((await at('POST', `credentials/${id}/forge-webhook`, { how: 'politely' })).status).toBe(400);
    expect((await at('POST', `credentials/${id}/forge-webhook`, { how: 'unsigned' })).status).toBe(204);
    const { body } = await at('POST', 'webhooks/flush', {});
    expect(objects(body, 'deliveries').map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['genuine', 'duplicate', 'forged']),
    );
    expect((await at('GET', 'webhooks')).body).toEqual(body);
    expect(posts.some(({ signature }) => signature === 'undefined')).toBe(true);
  });

  it('survive a restart with their endpoints, and tell nothing twice', async () => {
    await driver.sim.close();
    const directory = await mkdtemp(join(tmpdir(), 'tink-webhooks-'));
    const options = { stateFile: join(directory, 'state.json') };
    try {
      driver = await TinkDriver.start(options);
      app = await driver.clientToken('webhook-endpoints');
      const secret = text((await register()).body, 'secret');
      const { id } = await connect();
      await control().flushWebhooks();
      await driver.sim.close();
      driver = await TinkDriver.start({ ...options, clock: driver.clock });
      await control().flushWebhooks();
      expect(posts).toHaveLength(1);
      await refresh(id);
      await control().flushWebhooks();
      const seconds = driver.clock.now().getTime() / 1000;
      expect(posts).toHaveLength(2);
      expect(posts[1]?.signature).toBe(signatureOf(posts[1]?.body ?? '', secret, seconds));
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
