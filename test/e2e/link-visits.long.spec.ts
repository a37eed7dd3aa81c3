import { member, textAt } from '../../src/sandbox/rest-client.js';
import { ROADS, type Road } from '../factories/roads.factory.js';
import { onwards, pageCode, story, ThreeProviders } from '../factories/three-providers.factory.js';

/** Every provider's hosted pages, with a user who walks them. */
describe('a hosted visit', () => {
  let world: ThreeProviders;
  const apps = new Map<string, ThreeProviders>();

  beforeAll(async () => {
    world = await ThreeProviders.start();
    apps.set('{}', world);
    for (const { env } of ROADS) {
      const key = JSON.stringify(env);
      if (!apps.has(key)) apps.set(key, await world.alongside(env));
    }
  });

  beforeEach(async () => {
    await world.forget();
  });

  afterAll(async () => {
    for (const app of [...apps.values()].reverse()) await app.close();
  });

  function appOf({ env }: Road): ThreeProviders {
    const app = apps.get(JSON.stringify(env));
    if (!app) throw new Error('No such app.');
    return app;
  }

  async function begun(road: Road, more: { userId?: string; purpose?: string; connectionId?: string } = {}) {
    const app = appOf(road);
    const userId = more.userId ?? (await app.mooring.user());
    const { provider, institutionId } = road;
    const visit = await app.begin({ userId, provider, institutionId, ...more });
    return { app, userId, visit };
  }

  /** A connection that came out of a visit and has settled. */
  async function connected(road: Road) {
    const login = road.login();
    const { app, userId, visit } = await begun(road);
    const callback = await road.walk(app, visit.url, login);
    const query = onwards(await app.comeBack(callback));
    const connectionId = query['connectionId'];
    if (connectionId === undefined) throw new Error(`${login}: ${JSON.stringify(query)}`);
    await app.mooring.until(connectionId, 'active');
    return { app, userId, login, connectionId, visit, callback };
  }

  describe.each(ROADS.map((road) => [road.name, road] as const))('at %s', (_name, road) => {
    it('connects: back at the caller with our ids and nothing of the provider', async () => {
      const login = road.login();
      const { app, userId, visit } = await begun(road);
      expect(await app.visit(visit.id)).toMatchObject({ status: 'open', purpose: 'connect', connectionId: null });

      const callback = await road.walk(app, visit.url, login);
      const answer = await app.comeBack(callback);

      const query = onwards(answer);
      const connectionId = query['connectionId'] ?? '';
      expect(query).toEqual({ mine: '1', linkSessionId: visit.id, status: 'connected', connectionId });
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      expect(await app.mooring.until(connectionId, 'active')).toMatchObject({
        userId,
        provider: road.provider,
        institutionId: road.institutionId,
        nextAction: { kind: 'none' },
      });
      const events = await story(app.mooring, connectionId);
      expect(events[0]).toMatch(/^link:/);
      expect(events.at(-1)).toMatch(/:active$/);
      expect(await app.visit(visit.id)).toMatchObject({
        status: 'connected',
        connectionId,
        cause: null,
        problem: null,
      });
      const [row] = await app.mooring.sql<object>('SELECT * FROM link_sessions WHERE id = $1', [visit.id]);
      expect(row).toMatchObject({ state_sealed: null, handle_sealed: null, recover_at: null });
    });

    it('works once: the second time is a page, and nothing is written', async () => {
      const { app, connectionId, callback } = await connected(road);
      const before = await app.mooring.rowCounts();
      const row = await app.row(connectionId);

      const again = await app.comeBack(callback);

      expect(again.status).toBe(409);
      expect(pageCode(again)).toBe('link.used');
      expect(again.headers.get('location')).toBeNull();
      expect(await app.mooring.rowCounts()).toEqual(before);
      expect(await app.row(connectionId)).toEqual(row);
    });

    it('tells nobody what the provider brought', async () => {
      const { app, callback, connectionId, visit } = await connected(road);
      const secrets = [...callback.searchParams]
        .filter(([name]) => road.private.includes(name))
        .map(([, value]) => value)
        .filter((value) => value.length >= 16);
      expect(secrets.length).toBeGreaterThan(0);
      const stored = await app.everything();
      const shown = JSON.stringify([
        await app.visit(visit.id),
        (await app.mooring.read(connectionId)).body,
        (await app.mooring.get(`/v1/connections/${connectionId}/events`)).body,
        (await app.mooring.get(`/v1/connections/${connectionId}/explain`)).body,
      ]);
      for (const secret of secrets) {
        expect(stored).not.toContain(secret);
        expect(app.mooring.logText()).not.toContain(secret);
        expect(shown).not.toContain(secret);
      }
      expect(app.mooring.logText()).not.toContain(new URL(visit.url).search.slice(1));
    });

    it('renews a connection that the bank wants the user for, and the id stays', async () => {
      const { app, userId, login, connectionId } = await connected(road);
      road.wantsUser(world, login);
      await app.minutes(8 * 60, async () => undefined);
      await app.mooring.watch();
      expect((await app.mooring.read(connectionId)).body).toMatchObject({
        state: { value: 'reauth_required' },
        nextAction: { kind: 'renew_consent', by: 'user' },
      });

      const { visit } = await begun(road, { userId, connectionId, purpose: 'renew' });
      const answer = await app.comeBack(await road.walk(app, visit.url, login));

      expect(onwards(answer)).toMatchObject({ linkSessionId: visit.id, status: 'connected', connectionId });
      await app.mooring.until(connectionId, 'active');
      expect(await story(app.mooring, connectionId)).toContainEqual(
        expect.stringMatching(/^link:(active|syncing|pending)$/),
      );
      expect(await app.mooring.get(`/v1/connections?userId=${userId}`)).toMatchObject({
        body: { data: [{ id: connectionId }] },
      });
    });

    if (road.purposes.includes('update_login')) {
      it('takes a new login, and the id stays', async () => {
        const { app, userId, login, connectionId } = await connected(road);

        const { visit } = await begun(road, { userId, connectionId, purpose: 'update_login' });
        const answer = await app.comeBack(await road.walk(app, visit.url, login));

        expect(onwards(answer)).toMatchObject({ status: 'connected', connectionId });
        await app.mooring.until(connectionId, 'active');
      });
    } else {
      it('has no page for a new login, and says so before anything is written', async () => {
        const { app, userId, connectionId } = await connected(road);
        const before = await app.mooring.rowCounts();

        const { provider } = road;
        const refused = await app.link({ userId, provider, purpose: 'update_login', connectionId });

        expect(refused).toMatchObject({
          status: 422,
          body: { code: 'capability_unsupported', errors: [{ pointer: '/purpose' }] },
        });
        expect(await app.mooring.rowCounts()).toEqual(before);
      });
    }

    it('that the user breaks off says so and connects nothing', async () => {
      const { app, userId, visit } = await begun(road);
      const location = await road.leave(app, visit.url);
      if (location === null) {
        await app.minutes(31);
        expect(await app.visit(visit.id)).toMatchObject({ status: 'expired', cause: null, connectionId: null });
        return;
      }

      const answer = await app.comeBack(location);

      expect(onwards(answer)).toEqual({
        ...{ mine: '1', linkSessionId: visit.id, status: 'failed', cause: 'user_cancelled' },
      });
      expect(await app.visit(visit.id)).toMatchObject({
        status: 'failed',
        cause: 'user_cancelled',
        connectionId: null,
      });
      expect(member((await app.mooring.get(`/v1/connections?userId=${userId}`)).body, 'data')).toEqual([]);
    });
  });

  describe('is refused before anything is written', () => {
    it.each([
      ['an unknown purpose', { purpose: 'steal' }, 400, 'request.invalid'],
      ['no purpose', { purpose: undefined }, 400, 'request.invalid'],
      ['a redirect to a script', { redirectUrl: 'javascript:alert(1)' }, 400, 'request.invalid'],
      ['a redirect to a file', { redirectUrl: 'file:///etc/passwd' }, 400, 'request.invalid'],
      ['a redirect to nowhere', { redirectUrl: '/banks' }, 400, 'request.invalid'],
      ['a redirect that is too long', { redirectUrl: `https://a.example/${'a'.repeat(2000)}` }, 400, 'request.invalid'],
      ['a locale that is none', { locale: 'english' }, 400, 'request.invalid'],
      ['a reference that is too long', { reference: 'r'.repeat(65) }, 400, 'request.invalid'],
      ['an unknown member', { colour: 'blue' }, 400, 'request.invalid'],
      ['a user that is no id', { userId: 'me' }, 400, 'request.invalid'],
      ['a user that is not there', { userId: '0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee' }, 404, 'user.not_found'],
      ['a provider that is not there', { provider: 'nobody' }, 422, 'provider.unknown'],
    ])('%s', async (_what, change, status, code) => {
      const userId = await world.mooring.user();
      const before = await world.mooring.rowCounts();
      const answer = await world.link({ userId, provider: 'flanks', ...change } as never);
      expect(answer).toMatchObject({ status, body: { code } });
      expect(await world.mooring.rowCounts()).toEqual(before);
    });

    it('the wrong key', async () => {
      const scopes = ['credentials:read'];
      const made = await world.mooring.post('/admin/clients', { name: 'reader', scopes });
      const userId = await world.mooring.user();
      const key = textAt(made.body, 'key');
      const body = { userId, provider: 'flanks', purpose: 'connect', redirectUrl: 'https://a.example' };
      expect((await world.mooring.call('POST', '/v1/link-sessions', { body, key })).status).toBe(403);
      expect((await world.mooring.call('POST', '/v1/link-sessions', { body, key: null })).status).toBe(401);
    });
  });

  it('is nobody else\u2019s: a visit that does not exist is 404', async () => {
    const unknown = await world.mooring.get('/v1/link-sessions/0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee');
    expect(unknown).toMatchObject({ status: 404, body: { code: 'link.unknown' } });
    expect(textAt(unknown.body, 'detail')).toBe('There is no link session with this id.');
  });
});
