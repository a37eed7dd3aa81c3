import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { SCOPES, type Scope } from '../../src/access/scope.js';
import { startApp, type RunningApp } from '../factories/app.factory.js';
import { routesOf, type Route } from './access-routes.js';

const ADMIN_KEY = 'e2e-bootstrap-key-0123456789abcdef0123456789';
/** All that may be reached without a key. Whoever adds a line says in the review why. */
const PUBLIC = new Set([
  // The vendor's signature over the body is the proof.
  'POST /webhooks/:provider',
  ...[
    '/healthz',
    '/readyz',
    '/metrics',
    '/openapi.json',
    '/docs',
    '/docs/',
    '/docs/index.html',
    '/docs/LICENSE',
    '/docs/swagger-ui-init.js',
    '/docs/docs/swagger-ui-init.js',
    '/docs/*',
    // The user's browser comes back from the bank; the single-use state of the link session is its proof.
    '/link/:provider/callback',
  ].flatMap((template) => [`GET ${template}`, `HEAD ${template}`]),
]);
const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
type HttpMethod = (typeof HTTP_METHODS)[number];

const nameOf = ({ method, template }: Route) => `${method} ${template}`;
const isHttpMethod = (text: string): text is HttpMethod => HTTP_METHODS.some((method) => method === text);

describe('who may call what', () => {
  let running: RunningApp;
  let app: NestFastifyApplication;
  let routes: readonly Route[];
  let closed: readonly Route[];

  beforeAll(async () => {
    running = await startApp({ env: { MOORING_BOOTSTRAP_KEY: ADMIN_KEY } });
    app = running.app;
    routes = routesOf(app);
    closed = routes.filter((route) => !PUBLIC.has(nameOf(route)));
  }, 60_000);

  afterAll(() => running.close());

  async function call({ method, url }: { method: string; url: string }, authorization?: string, body?: object) {
    if (!isHttpMethod(method)) throw new Error(`Unexpected method ${method}`);
    const headers = authorization === undefined ? {} : { authorization };
    const response = await app.inject({ method, url, headers, ...(body ? { payload: body } : {}) });
    return { status: response.statusCode, headers: response.headers, text: response.body };
  }

  async function newClient(scopes: readonly Scope[]): Promise<{ id: string; authorization: string }> {
    const body = { name: `with ${scopes.join(' ')}`.slice(0, 100), scopes };
    const { status, text } = await call({ method: 'POST', url: '/admin/clients' }, `Bearer ${ADMIN_KEY}`, body);
    expect(status).toBe(201);
    const { id, key } = JSON.parse(text) as { id: string; key: string };
    return { id, authorization: `Bearer ${key}` };
  }

  /** Names of routes whose answer is not this refusal. */
  async function notRefused(status: 401 | 403, code: string, authorization?: string): Promise<string[]> {
    const wrong: string[] = [];
    for (const route of closed) {
      const answer = await call(route, authorization);
      const isProblem = route.method === 'HEAD' || answer.text.includes(`"code":"${code}"`);
      const asksForKey = status === 403 || String(answer.headers['www-authenticate']).startsWith('Bearer');
      if (answer.status !== status || !isProblem || !asksForKey) wrong.push(`${nameOf(route)}: ${answer.status}`);
    }
    return wrong;
  }

  it('sees the routes that this test is about', () => {
    expect(closed.map(nameOf)).toEqual(
      expect.arrayContaining([
        'GET /v1/connections/:id',
        'DELETE /v1/users/:id',
        'POST /admin/clients',
        'GET /admin/audit',
      ]),
    );
  });

  it('opens exactly the routes of the list', async () => {
    const open: string[] = [];
    for (const route of routes) {
      const { status } = await call(route);
      if (status !== 401 && status !== 403) open.push(nameOf(route));
    }
    expect(open.sort()).toEqual([...PUBLIC].sort());
  });

  it('refuses nobody on every other route', async () => {
    expect(await notRefused(401, 'access.unauthenticated')).toEqual([]);
  });

  it.each([
    ['an empty key', 'Bearer '],
    ['no scheme', ADMIN_KEY],
    ['another scheme', `Basic ${Buffer.from(`admin:${ADMIN_KEY}`).toString('base64')}`],
    ['a key of no form', 'Bearer x'],
    ['an unknown key', `Bearer mk_0123456789abcdef_${'a'.repeat(43)}`],
    ['an unknown chosen secret', `Bearer ${ADMIN_KEY}0`],
    ['a token of somebody else', `Bearer eyJhbGciOiJub25lIn0.${'a'.repeat(40)}.`],
  ])('refuses %s on every other route', async (_case, authorization) => {
    expect(await notRefused(401, 'access.unauthenticated', authorization)).toEqual([]);
  });

  it('refuses a known id with another secret on every other route', async () => {
    const { authorization } = await newClient(SCOPES);
    const [known = ''] = /mk_[0-9a-f]+_/.exec(authorization) ?? [];
    expect(known).not.toBe('');
    expect(await notRefused(401, 'access.unauthenticated', `Bearer ${known}${'A'.repeat(43)}`)).toEqual([]);
  });

  it('refuses a revoked key on every other route, from the first request on', async () => {
    const { id, authorization } = await newClient(SCOPES);
    expect((await call({ method: 'GET', url: '/admin/audit' }, authorization)).status).toBe(200);
    const revoked = await call({ method: 'DELETE', url: `/admin/clients/${id}` }, `Bearer ${ADMIN_KEY}`);
    expect(revoked.status).toBe(204);
    expect(await notRefused(401, 'access.unauthenticated', authorization)).toEqual([]);
  });

  it('asks on every other route for exactly one scope, which no other scope replaces', async () => {
    const refusedWithout = new Map(closed.map((route) => [nameOf(route), [] as Scope[]]));
    for (const scope of SCOPES) {
      const { authorization } = await newClient(SCOPES.filter((other) => other !== scope));
      for (const route of closed) {
        const { status, text } = await call(route, authorization);
        expect(status).not.toBe(401);
        if (status !== 403) continue;
        refusedWithout.get(nameOf(route))?.push(scope);
        if (route.method !== 'HEAD') expect(text).toContain('"code":"access.denied"');
      }
    }
    const notOne = [...refusedWithout].filter(([, scopes]) => scopes.length !== 1);
    expect(notOne).toEqual([]);
    for (const [name, [scope]] of refusedWithout) {
      if (name.includes(' /admin')) expect([name, scope]).toEqual([name, 'admin']);
      else expect([name, scope]).not.toEqual([name, 'admin']);
    }
  });

  it('lets nobody in by a HEAD or a query that a GET would refuse', async () => {
    for (const url of ['/v1/users?authorization=x', `/v1/users?access_token=${ADMIN_KEY}`]) {
      for (const method of ['GET', 'HEAD']) expect((await call({ method, url })).status).toBe(401);
    }
  });

  it('never writes a key into the log', async () => {
    const { authorization } = await newClient(['users:read']);
    await call({ method: 'GET', url: '/v1/users' }, authorization);
    await call({ method: 'GET', url: '/v1/users' }, `${authorization}x`);
    const secret = authorization.split('_').slice(2).join('_');
    expect(running.logText()).not.toContain(secret);
    expect(running.logText()).not.toContain(ADMIN_KEY);
    expect(running.logs().length).toBeGreaterThan(0);
  });
});
