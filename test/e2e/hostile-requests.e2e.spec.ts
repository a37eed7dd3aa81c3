import { createConnection } from 'node:net';

import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';

import { member } from '../../src/sandbox/rest-client.js';
import { HostileRequests, PLANTED } from '../factories/hostile-requests.js';
import { ThreeProviders } from '../factories/three-providers.factory.js';
import { routesOf, UNKNOWN_ID } from './access-routes.js';

/** The whole target (20,000) is `HOSTILE_REQUESTS=20000 npm test -- hostile`. */
const COUNT = Number(process.env['HOSTILE_REQUESTS'] ?? 1500);
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20_261_120);
const AT_ONCE = 16;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

describe('hostile requests', () => {
  let world: ThreeProviders;

  beforeAll(async () => {
    world = await ThreeProviders.start();
  }, 60_000);

  afterAll(() => world.close());

  function httpAdapter(): FastifyAdapter {
    return world.mooring.inside<HttpAdapterHost<FastifyAdapter>>(HttpAdapterHost).httpAdapter;
  }

  async function surroundings() {
    const { mooring } = world;
    const userId = await mooring.user(`cust-${Math.random()}`);
    const settled = await mooring.active({ userId });
    const asked = await mooring.connected({ userId, institutionId: 'se-demobank-open-banking-embedded' });
    await mooring.until(asked, 'awaiting_user');
    const adapter = httpAdapter();
    const routes = routesOf({ getHttpAdapter: () => adapter });
    return { routes, keys: [mooring.key], ids: [userId, settled, asked, UNKNOWN_ID] };
  }

  it('get no 5xx; neither an answer nor the log shows what was planted; nobody changes prototypes', async () => {
    const hostile = new HostileRequests(await surroundings(), SEED);
    const server = httpAdapter().getInstance();
    const prototype = Object.getOwnPropertyNames(Object.prototype);
    const wrong: string[] = [];
    const classes = new Map<number, number>();

    async function sendSome(count: number): Promise<void> {
      for (let sent = 0; sent < count; sent += 1) {
        const { method, ...request } = hostile.one();
        const known = METHODS.find((each) => each === method) ?? 'GET';
        const answer = await server.inject({ ...request, method: known });
        const kind = Math.floor(answer.statusCode / 100);
        classes.set(kind, (classes.get(kind) ?? 0) + 1);
        const shows = `${answer.body}${JSON.stringify(answer.headers)}`.includes(PLANTED);
        if (kind !== 5 && !shows) continue;
        wrong.push(
          `${method} ${request.url} → ${answer.statusCode} ${answer.body} ${String(request.payload).slice(0, 300)}`,
        );
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, () => sendSome(Math.ceil(COUNT / AT_ONCE))));

    expect(wrong).toEqual([]);
    expect(world.mooring.logText()).not.toContain(PLANTED);
    expect(await world.everything()).not.toContain(PLANTED);
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(prototype);
    expect([classes.get(2), classes.get(4)].every((count) => (count ?? 0) > COUNT / 50)).toBe(true);
    expect((await world.mooring.get('/readyz')).status).toBe(200);
  }, 120_000);

  const GET = 'GET /v1/users HTTP/1.1\r\nHost: a\r\n';
  const POST = 'POST /v1/users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
  it.each([
    ['no HTTP', `\u0000\u0001${PLANTED}\r\n\r\n`],
    ['another protocol', 'SSH-2.0-OpenSSH_9\r\n\r\n'],
    ['HTTP/2 at once', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a future version', 'GET / HTTP/9.9\r\n\r\n'],
    ['no host', 'GET /v1/users HTTP/1.1\r\n\r\n'],
    ['two hosts', `${GET}Host: b\r\n\r\n`],
    ['two lengths', `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}`],
    [
      'a length and pieces',
      `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin/audit HTTP/1.1\r\n\r\n`,
    ],
    ['pieces twice', `${POST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`],
    ['an unknown coding', `${POST}Transfer-Encoding: ${PLANTED}\r\n\r\n`],
    ['a negative length', `${POST}Content-Length: -1\r\n\r\n`],
    ['an endless length', `${POST}Content-Length: 99999999999999999999\r\n\r\n`],
    ['a wrong size of a piece', `${POST}Transfer-Encoding: chunked\r\n\r\nZZ\r\n${PLANTED}\r\n0\r\n\r\n`],
    ['a space before the colon', `${GET}Authorization : Bearer ${PLANTED}\r\n\r\n`],
    ['a folded header', `${GET}Authorization: Bearer\r\n ${PLANTED}\r\n\r\n`],
    ['NUL in a header', `${GET}Cookie: a\u0000${PLANTED}\r\n\r\n`],
    ['bare line feeds', `GET /v1/users HTTP/1.1\nHost: a\n\n`],
    ['headers of 32 KiB', `${GET}Cookie: ${PLANTED}${'x'.repeat(32_768)}\r\n\r\n`],
    ['3000 headers', `${GET}${'a: b\r\n'.repeat(3000)}\r\n`],
    ['an address of 32 KiB', `GET /${'x'.repeat(32_768)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['a whole address', `GET http://evil.example/v1/users?code=${PLANTED} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['TRACE', `TRACE / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${PLANTED}\r\n\r\n`],
    ['PROPFIND', 'PROPFIND /v1/users HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a method in small letters', 'get /v1/users HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an upgrade', `${GET}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
    ['an unknown expectation', `${POST}Expect: ${PLANTED}\r\nContent-Length: 2\r\n\r\n{}`],
    ['bytes above ASCII in an address', 'GET /v1/us\u00e9rs HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a space in an address', `GET /v1/users ${PLANTED} HTTP/1.1\r\nHost: a\r\n\r\n`],
  ])('of %s get a refusal or a closed line', async (_what, bytes) => {
    const answer = await raw(new URL(world.mooring.baseUrl), bytes);
    if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toContain(PLANTED);
    expect(world.mooring.logText()).not.toContain(PLANTED);
  });

  it('that hang up in the middle of a body are nobody’s alarm', async () => {
    const { mooring } = world;
    const before = mooring.logText().length;
    const target = new URL(mooring.baseUrl);
    await new Promise((resolve) => {
      const socket = createConnection({ host: target.hostname, port: Number(target.port) }, () => {
        socket.write(`${POST}X-Request-Id: hung-up\r\nContent-Length: 40\r\n\r\n{"externalUserId":`, () => {
          setImmediate(() => socket.resetAndDestroy());
        });
      });
      socket.on('error', () => undefined).on('close', resolve);
    });
    // Each of these is answered after the server has seen the end of the line.
    for (let look = 0; look < 5; look += 1) await mooring.get('/healthz');
    const { bytes } = await mooring.get('/metrics');
    expect(mooring.logText().slice(before)).not.toMatch(/"level":"(error|warn)"/);
    expect(bytes.toString()).not.toMatch(/status="5\d\d"/);
  });

  it('with HEAD use no visit up: programs that look at links before a person does ask so', async () => {
    const { mooring } = world;
    const userId = await mooring.user(`cust-${Math.random()}`);
    const visit = await world.begin({ userId, provider: 'tink', institutionId: 'se-demobank-open-banking-redirect' });
    const state = new URL(visit.url).searchParams.get('state') ?? '';
    expect(state.length).toBeGreaterThan(20);

    const looked = await mooring.call('HEAD', `/link/tink/callback?state=${state}&error=USER_CANCELLED`, { key: null });

    expect([looked.status, looked.headers.get('location')]).toEqual([204, null]);
    expect(await world.visit(visit.id)).toMatchObject({ status: 'open' });
  });

  it('cannot be made by a provider: what PostgreSQL cannot keep never becomes our error', async () => {
    const { mooring } = world;
    const userId = await mooring.user(`cust-${Math.random()}`);
    for (const word of ['CREA\u0000TED', 'UPDATED\u0000', '\ud800', 'x'.repeat(20_000), '__proto__', 'constructor']) {
      const body = {
        id: `id-${word.slice(0, 20)}`,
        providerName: 'se-demobank-password',
        status: word,
        statusUpdated: 1,
      };
      mooring.tink.addFault({ method: 'POST', path: '/credentials$', action: { kind: 'respond', status: 200, body } });
      const fields = { username: `u-${String(word.length)}-${word.charCodeAt(4)}`, password: 'abc123' };
      const created = await mooring.connect({ userId, fields });
      expect([word.slice(0, 9), created.status]).toEqual([word.slice(0, 9), 201]);
      const { status } = await mooring.read(String(member(created.body, 'id')));
      expect(status).toBe(200);
    }
  });
});

/** @returns what comes back until the line is closed, or for a second. */
async function raw({ hostname, port }: URL, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = createConnection({ host: hostname, port: Number(port) }, () =>
      socket.write(Buffer.from(bytes, 'latin1')),
    );
    const end = (): void => {
      socket.destroy();
      resolve(Buffer.concat(parts).toString('latin1'));
    };
    socket.on('data', (part: Buffer) => {
      parts.push(part);
      end();
    });
    socket.on('close', end).on('error', end);
    socket.setTimeout(1000, end);
  });
}
