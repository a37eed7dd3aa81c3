import { createHmac, generateKeyPairSync } from 'node:crypto';

import { HttpAdapterHost } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';

import { SCOPES, USER_TOKEN_SCOPES, type Scope } from '../../src/access/scope.js';
import { USER_BOUND_ROUTES, userBindingOf } from '../../src/access/user-tokens/user-bound-routes.js';
import { member, textAt } from '../../src/sandbox/rest-client.js';
import { GOOD_LOGIN, SandboxApp, type Answer } from '../factories/sandbox-app.factory.js';
import { routesOf, UNKNOWN_ID, type Route } from './access-routes.js';

interface Person {
  readonly userId: string;
  readonly connectionId: string;
  readonly linkSessionId: string;
  /** With every scope that a user token can have. */
  readonly token: string;
}

const nameOf = ({ method, template }: Route) => `${method} ${template}`;
const codeOf = ({ body }: Answer) => member(body, 'code');

describe('user tokens', () => {
  let mooring: SandboxApp;
  let anna: Person;
  let bert: Person;
  let closed: readonly Route[];

  beforeAll(async () => {
    mooring = await SandboxApp.start();
    anna = await person({ username: 'u10000001', password: 'abc123' });
    bert = await person({ username: 'u10000002', password: 'abc123' });
    const host = mooring.inside(HttpAdapterHost);
    const app = { getHttpAdapter: () => host.httpAdapter } as unknown as NestFastifyApplication;
    const answers = await Promise.all(
      routesOf(app).map(async (route) => ({ route, answer: await send(route, null, route.url) })),
    );
    closed = answers.filter(({ answer }) => answer.status === 401).map(({ route }) => route);
  });

  afterAll(() => mooring.close());

  async function mint(userId: string, scope: readonly Scope[], ttl?: number, key = mooring.key): Promise<Answer> {
    return mooring.call('POST', `/v1/users/${userId}/tokens`, { key, body: { scope, ...(ttl ? { ttl } : {}) } });
  }

  async function tokenFor(userId: string, scope: readonly Scope[] = USER_TOKEN_SCOPES, ttl = 3600): Promise<string> {
    return textAt((await mint(userId, scope, ttl)).body, 'token');
  }

  async function person(fields: object): Promise<Person> {
    const userId = await mooring.user();
    const connectionId = await mooring.active({ userId, fields });
    const visit = await mooring.post('/v1/link-sessions', visitOf(userId));
    return { userId, connectionId, linkSessionId: textAt(visit.body, 'id'), token: await tokenFor(userId) };
  }

  const visitOf = (userId: string) => ({
    ...{ userId, provider: 'tink', purpose: 'connect' },
    redirectUrl: 'https://app.example.com/done',
  });

  async function send({ method }: { method: string }, key: string | null, path: string, body?: unknown) {
    return mooring.call(method, path, { key, ...(body === undefined ? {} : { body }) });
  }

  const as = (token: string) => ({
    get: async (path: string, headers = {}) => mooring.call('GET', path, { key: token, headers }),
    post: async (path: string, body?: unknown) => send({ method: 'POST' }, token, path, body),
    call: async (method: string, path: string) => send({ method }, token, path),
  });

  /** The address of a route with the ids of this person. */
  function pathOf(route: Route, { userId, connectionId, linkSessionId }: Person): string {
    const ids = { connection: connectionId, linkSession: linkSessionId, user: userId };
    const binding = userBindingOf(route.method, route.template);
    const id = binding !== undefined && binding in ids ? ids[binding as keyof typeof ids] : UNKNOWN_ID;
    return route.template
      .replace(':id', id)
      .replace(/:[A-Za-z]*Id\b/g, UNKNOWN_ID)
      .replace(/:[A-Za-z]+/g, 'tink');
  }

  /** What could change if a denied call did something after all. */
  const world = async () => ({
    rows: await mooring.rowCounts(),
    calls: mooring.calls({}),
  });

  async function refusedEverywhere(token: string, status: number, code: string): Promise<void> {
    const before = await world();
    const wrong: string[] = [];
    for (const route of closed) {
      const answer = await send(route, token, pathOf(route, anna));
      const isProblem = route.method === 'HEAD' || codeOf(answer) === code;
      if (answer.status !== status || !isProblem) wrong.push(`${nameOf(route)}: ${answer.status}`);
    }
    expect(wrong).toEqual([]);
    expect(await world()).toEqual(before);
  }

  describe('are refused on every route', () => {
    it('that is closed at all; the list of open ones stands in the spec of access', () => {
      expect(closed.length).toBeGreaterThan(30);
      const names = new Set(closed.map(nameOf));
      for (const name of ['GET /v1/connections/:id', 'POST /v1/users/:id/tokens', 'GET /admin/audit'])
        expect(names).toContain(name);
    });

    it('when they are forged without a signature', async () => {
      const [, payload] = anna.token.split('.');
      const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'mooring-user+jwt' })).toString('base64url');
      await refusedEverywhere(`${header}.${payload}.`, 401, 'access.unauthenticated');
    });

    it('when somebody else signed them', async () => {
      const { privateKey } = generateKeyPairSync('ed25519');
      const header = { ...decodeProtectedHeader(anna.token), alg: 'EdDSA' };
      const forged = await new SignJWT(decodeJwt(anna.token)).setProtectedHeader(header).sign(privateKey);
      await refusedEverywhere(forged, 401, 'access.unauthenticated');
    });

    it('when a shared secret signed them', async () => {
      const [, payload] = anna.token.split('.');
      const header = Buffer.from(JSON.stringify({ ...decodeProtectedHeader(anna.token), alg: 'HS256' }));
      const signed = `${header.toString('base64url')}.${payload}`;
      const signature = createHmac('sha256', 'secret').update(signed).digest('base64url');
      await refusedEverywhere(`${signed}.${signature}`, 401, 'access.unauthenticated');
    });

    it('when their client is revoked', async () => {
      const created = await mooring.post('/admin/clients', { name: 'short-lived', scopes: [...SCOPES] });
      const minted = await mint(anna.userId, USER_TOKEN_SCOPES, 3600, textAt(created.body, 'key'));
      const token = textAt(minted.body, 'token');
      expect((await as(token).get('/v1/connections')).status).toBe(200);
      await mooring.call('DELETE', `/admin/clients/${textAt(created.body, 'id')}`);
      await refusedEverywhere(token, 401, 'access.unauthenticated');
    });

    it('without the scope of the route', async () => {
      const refused = new Set<string>();
      for (const missing of USER_TOKEN_SCOPES) {
        const token = await tokenFor(
          bert.userId,
          USER_TOKEN_SCOPES.filter((scope) => scope !== missing),
        );
        // Ids of somebody else, so that no call can do anything; a missing scope is told first.
        for (const route of closed) {
          if ((await send(route, token, pathOf(route, anna))).status === 403) refused.add(nameOf(route));
        }
      }
      expect(closed.map(nameOf).filter((name) => !refused.has(name))).toEqual([]);
    });

    it('that no line ties to a user, whoever adds it', async () => {
      const untied = closed.filter(({ method, template }) => userBindingOf(method, template) === undefined);
      expect(untied.map(nameOf)).toEqual(
        expect.arrayContaining(['POST /v1/users/:id/tokens', 'POST /v1/users/access-tokens', 'POST /v1/users']),
      );
      const before = await world();
      for (const route of untied) {
        const answer = await send(route, anna.token, pathOf(route, anna).replace(UNKNOWN_ID, anna.userId));
        expect([nameOf(route), answer.status]).toEqual([nameOf(route), 403]);
        if (route.method !== 'HEAD') expect(codeOf(answer)).toBe('access.denied');
      }
      expect(await world()).toEqual(before);
    });
  });

  describe("of somebody else find another user's things as little as things that are not there", () => {
    it.each(USER_BOUND_ROUTES.filter(([, binding]) => ['connection', 'linkSession', 'user'].includes(binding)))(
      '%s',
      async (name, _binding) => {
        const [method = '', template = ''] = name.split(' ');
        const route = { method, template, url: '' };
        const body = method === 'GET' || method === 'DELETE' ? undefined : {};
        const before = await world();
        const foreign = await send(route, bert.token, pathOf(route, anna), body);
        const nobodys = { userId: UNKNOWN_ID, connectionId: UNKNOWN_ID, linkSessionId: UNKNOWN_ID, token: '' };
        const missing = await send(route, bert.token, pathOf(route, nobodys), body);
        expect(foreign.status).toBe(404);
        expect(comparable(foreign)).toEqual(comparable(missing));
        expect(await world()).toEqual(before);
      },
    );

    it('also when the cache holds the answer', async () => {
      const path = `/v1/connections/${anna.connectionId}`;
      const own = await mooring.get(path);
      const etag = own.headers.get('etag') ?? '';
      expect((await as(anna.token).get(path, { 'if-none-match': etag })).status).toBe(304);
      expect((await as(bert.token).get(path)).status).toBe(404);
      expect((await as(bert.token).get(path, { 'if-none-match': etag })).status).toBe(404);
      expect((await as(bert.token).get(path.toUpperCase().replace('/V1/CONNECTIONS', '/v1/connections'))).status).toBe(
        404,
      );
    });

    it('and begin nothing for them', async () => {
      const before = await world();
      const connection = { provider: 'tink', institutionId: 'se-demobank-password', fields: GOOD_LOGIN };
      for (const answer of [
        await as(bert.token).post('/v1/connections', { ...connection, userId: anna.userId }),
        await as(bert.token).post('/v1/link-sessions', visitOf(anna.userId)),
        await as(bert.token).post('/v1/link-sessions', {
          ...visitOf(bert.userId),
          ...{ purpose: 'renew', connectionId: anna.connectionId },
        }),
      ]) {
        expect(answer.status).toBe(404);
      }
      for (const userId of [undefined, null, [anna.userId], { $ne: '' }]) {
        const answer = await as(bert.token).post('/v1/connections', { ...connection, userId });
        expect([answer.status, codeOf(answer)]).toEqual([400, 'request.invalid']);
      }
      expect(await world()).toEqual(before);
    });
  });

  it('hear of a login that somebody else has connected, and not with which connection; keys hear that too', async () => {
    const same = { provider: 'tink', institutionId: 'se-demobank-password', fields: GOOD_LOGIN };
    const wanted = { ...same, userId: bert.userId };
    for (const state of ['active', 'blocked']) {
      await mooring.sql(`UPDATE connections SET state = $2 WHERE id = $1`, [anna.connectionId, state]);
      const heard = await as(bert.token).post('/v1/connections', wanted);
      expect([heard.status, codeOf(heard)]).toEqual([409, 'connection.duplicate']);
      expect(JSON.stringify(heard.body)).not.toContain(anna.connectionId);
      expect((await mooring.post('/v1/connections', wanted)).body).toMatchObject({ connectionId: anna.connectionId });
    }
    await mooring.sql(`UPDATE connections SET state = 'active' WHERE id = $1`, [anna.connectionId]);
  });

  describe('see in lists their user alone', () => {
    const listed = async (token: string, query: string) => {
      const { body } = await as(token).get(`/v1/connections${query}`);
      return (member(body, 'data') as { id: string }[]).map(({ id }) => id);
    };

    it('whatever the query says, the cache holds and however often they ask', async () => {
      for (let round = 0; round < 2; round += 1) {
        for (const query of [
          '',
          `?userId=${anna.userId}`,
          `?userId=${bert.userId}`,
          '?userId=x&userId=y',
          '?provider=tink',
        ]) {
          expect([query, await listed(anna.token, query)]).toEqual([query, [anna.connectionId]]);
          expect([query, await listed(bert.token, query)]).toEqual([query, [bert.connectionId]]);
        }
        expect(await listed(mooring.key, `?userId=${anna.userId}`)).toEqual([anna.connectionId]);
        expect(await listed(mooring.key, '')).toEqual(expect.arrayContaining([anna.connectionId, bert.connectionId]));
      }
    });

    it("also by another user's external id", async () => {
      const external = textAt((await mooring.get(`/v1/users/${anna.userId}`)).body, 'externalUserId');
      expect(await listed(bert.token, `?externalUserId=${external}`)).toEqual([]);
    });
  });

  describe('open what is their own', () => {
    it.each([
      ['GET', (own: Person) => `/v1/connections/${own.connectionId}`, 200],
      ['HEAD', (own: Person) => `/v1/connections/${own.connectionId}`, 200],
      ['GET', (own: Person) => `/v1/connections/${own.connectionId}/events`, 200],
      ['GET', (own: Person) => `/v1/connections/${own.connectionId}/explain`, 200],
      ['POST', (own: Person) => `/v1/connections/${own.connectionId}/pause`, 200],
      ['POST', (own: Person) => `/v1/connections/${own.connectionId}/resume`, 200],
      ['POST', (own: Person) => `/v1/connections/${own.connectionId}/refresh`, 202],
      ['GET', (own: Person) => `/v1/users/${own.userId}`, 200],
      ['GET', (own: Person) => `/v1/link-sessions/${own.linkSessionId}`, 200],
      ['GET', () => '/v1/providers', 200],
      ['GET', () => '/v1/providers/tink/institutions', 200],
    ])('%s %s', async (method, path, status) => {
      const body = method === 'POST' ? {} : undefined;
      const { status: answered } = await send({ method }, anna.token, path(anna), body);
      expect(answered).toBe(status);
    });

    it('and begin things for their user', async () => {
      const userId = await mooring.user();
      const token = await tokenFor(userId);
      const login = { username: 'u10000003', password: 'abc123' };
      const connection = { provider: 'tink', institutionId: 'se-demobank-password', fields: login, userId };
      const created = await as(token).post('/v1/connections', connection);
      expect(created.status).toBe(201);
      expect((await as(token).post('/v1/link-sessions', visitOf(userId))).status).toBe(201);
      const { body } = await as(token).get(`/v1/connections/${textAt(created.body, 'id')}/events`);
      expect(member(body, 'data')).toMatchObject([{ actor: `user:${userId}` }]);
      const granted = await as(token).post(`/v1/users/${userId}/authorization-grants`, {
        ...{ provider: 'tink', scope: ['accounts:read'] },
      });
      expect(granted.status).toBe(200);
    });
  });

  describe('are made', () => {
    it('short-lived, audited and without a trace of themselves', async () => {
      const minted = await mint(anna.userId, ['credentials:read']);
      expect(minted.status).toBe(200);
      expect(minted.headers.get('cache-control')).toBe('no-store');
      const expiresAt = new Date(mooring.clock.now().getTime() + 900_000).toISOString();
      expect(minted.body).toEqual({ token: expect.any(String) as string, expiresAt, scope: ['credentials:read'] });
      const entry = {
        action: 'user_token.issued',
        subject: `user:${anna.userId}`,
        detail: { scope: ['credentials:read'] },
      };
      const { body } = await mooring.get('/admin/audit?limit=1');
      expect(member(body, 'data')).toMatchObject([entry]);
      const token = textAt(minted.body, 'token');
      expect(JSON.stringify(body) + mooring.logText()).not.toContain(token.split('.')[2]);
    });

    it('with no scope that the caller lacks', async () => {
      const created = await mooring.post('/admin/clients', { name: 'writer', scopes: ['users:write'] });
      const answer = await mint(anna.userId, ['users:write', 'accounts:read'], 60, textAt(created.body, 'key'));
      expect([answer.status, codeOf(answer)]).toEqual([403, 'access.denied']);
      expect(answer.bytes.toString()).toContain('accounts:read');
    });

    it.each([
      ['an admin scope', { scope: ['admin'] }],
      ['webhooks', { scope: ['webhooks:manage'] }],
      ['no scope', { scope: [] }],
      ['a scope twice', { scope: ['users:read', 'users:read'] }],
      ['an hour and a second', { scope: ['users:read'], ttl: 3601 }],
      ['no time', { scope: ['users:read'], ttl: 0 }],
      ['half a second', { scope: ['users:read'], ttl: 0.5 }],
      ['a text as time', { scope: ['users:read'], ttl: '60' }],
      ['another user', { scope: ['users:read'], userId: UNKNOWN_ID }],
    ])('never with %s', async (_case, body) => {
      const answer = await mooring.post(`/v1/users/${anna.userId}/tokens`, body);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'request.invalid']);
    });

    it('for nobody who is not there', async () => {
      expect(codeOf(await mint(UNKNOWN_ID, ['users:read']))).toBe('user.not_found');
    });
  });

  it('end with their user', async () => {
    const userId = await mooring.user();
    const token = await tokenFor(userId);
    expect((await as(token).get(`/v1/users/${userId}`)).status).toBe(200);
    await mooring.call('DELETE', `/v1/users/${userId}`);
    await refusedEverywhere(token, 401, 'access.unauthenticated');
  });

  it('may delete their user, with the scope', async () => {
    const userId = await mooring.user();
    expect((await as(await tokenFor(userId)).call('DELETE', `/v1/users/${userId}`)).status).toBe(204);
  });

  // Last: it moves the clock.
  it('end with their time', async () => {
    const token = await tokenFor(anna.userId, USER_TOKEN_SCOPES, 60);
    mooring.advance(59_000);
    expect((await as(token).get('/v1/connections')).status).toBe(200);
    mooring.advance(1_000);
    await refusedEverywhere(token, 401, 'access.unauthenticated');
  });
});

/** What a caller can tell two answers apart by. */
function comparable({ status, headers, body }: Answer) {
  const problem = { ...(body as Record<string, unknown>), instance: '', requestId: '' };
  const names = [...headers.keys()].filter((name) => name !== 'content-length');
  return { status, problem, names };
}
