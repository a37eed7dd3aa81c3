import { walkHostedPages } from '../../src/sandbox/flanks/hosted-visitor.js';
import { member } from '../../src/sandbox/rest-client.js';
import { onwards, pageCode, story, ThreeProviders } from '../factories/three-providers.factory.js';

const HOUR = 3_600_000;

describe('Flanks through the REST API', () => {
  let world: ThreeProviders;
  let logins = 0;

  beforeAll(async () => {
    world = await ThreeProviders.start();
  });

  beforeEach(async () => {
    await world.forget();
    world.flanks.setSwitches({ delayedExchange: false, lostRedirect: false, processingOnReturn: false });
  });

  afterAll(async () => {
    await world.close();
  });

  const begin = async (userId: string, more = {}) =>
    world.begin({ userId, provider: 'flanks', institutionId: 'testbank', ...more });

  async function connected(password?: string) {
    const userId = await world.mooring.user();
    const username = `flanks.e2e.${++logins}`;
    const { url } = await begin(userId);
    const { location } = await walkHostedPages(url, { username, ...(password === undefined ? {} : { password }) });
    if (!location) throw new Error('Not sent back.');
    const id = onwards(await world.comeBack(location))['connectionId'] ?? '';
    await world.mooring.until(id, 'active');
    return { id, userId, username, ref: world.flanksLogin(username).id };
  }

  /** A worker's days. */
  async function days(count: number, everyHours = 6): Promise<void> {
    for (let tick = 0; tick < (count * 24) / everyHours; tick += 1) {
      world.mooring.advance(everyHours * HOUR);
      await world.mooring.watch();
      await world.recoverVisits();
    }
  }

  const attempts = (username: string) => world.flanksLogin(username).bankAttempts;

  describe('a credential that comes late', () => {
    it('is handed out after three days: the visit is completing until then, and the connection appears', async () => {
      world.flanks.setSwitches({ delayedExchange: true });
      const userId = await world.mooring.user();
      const visit = await begin(userId);
      const { location } = await walkHostedPages(visit.url, { username: 'ana.late' });
      if (!location) throw new Error('Not sent back.');

      const answer = await world.comeBack(location);

      expect(onwards(answer)).toEqual({ mine: '1', linkSessionId: visit.id, status: 'completing' });
      expect(await world.visit(visit.id)).toMatchObject({ status: 'completing', completedAt: null });
      expect(pageCode(await world.comeBack(location))).toBe('link.used');
      await days(2);
      expect(await world.visit(visit.id)).toMatchObject({ status: 'completing', connectionId: null });
      await days(2);
      const done = await world.visit(visit.id);
      expect(done).toMatchObject({ status: 'connected', problem: null });
      const id = String(member(done, 'connectionId'));
      await world.mooring.until(id, 'active');
      expect((await story(world.mooring, id))[0]).toMatch(/^link:/);
      // One try at the callback, then at most one an hour.
      expect(world.flanks.calls({ method: 'POST', path: '^/v0/platform/link$' }).length).toBeLessThanOrEqual(1 + 4 * 4);
    });

    it.each([
      ['link', {}],
      ['session', { FLANKS_FLOW: 'session' }],
    ])('is found when the browser never comes back (%s)', async (_flow, env: Record<string, string>) => {
      const app = await world.alongside(env);
      try {
        world.flanks.setSwitches({ lostRedirect: true });
        const userId = await app.mooring.user();
        const { provider, institutionId } = { provider: 'flanks', institutionId: 'testbank' };
        const visit = await app.begin({ userId, provider, institutionId });
        const { location } = await walkHostedPages(visit.url, { username: `ana.lost.${_flow}` });
        expect(location).toBeNull();

        await app.minutes(3);

        const done = await app.visit(visit.id);
        expect(done).toMatchObject({ status: 'connected' });
        await app.mooring.until(String(member(done, 'connectionId')), 'active');
      } finally {
        await app.close();
      }
    });

    it('is waited for while the session is still at work when the user is back', async () => {
      const app = await world.alongside({ FLANKS_FLOW: 'session' });
      try {
        world.flanks.setSwitches({ processingOnReturn: true });
        const userId = await app.mooring.user();
        const visit = await app.begin({ userId, provider: 'flanks', institutionId: 'testbank' });
        const { location } = await walkHostedPages(visit.url, { username: 'ana.processing' });
        if (!location) throw new Error('Not sent back.');

        expect(onwards(await app.comeBack(location))).toMatchObject({ status: 'completing' });
        await app.minutes(1);

        expect(await app.visit(visit.id)).toMatchObject({ status: 'connected' });
      } finally {
        await app.close();
      }
    });
  });

  it.each([
    ['INVALID_CREDENTIALS', 'wrong_credentials'],
    ['INTERNAL_ERROR', 'provider_unavailable'],
    ['SCA_TYPE_NOT_ALLOWED', 'unsupported_method'],
    ['USER_INTERACTION_NEEDED', 'act_at_bank'],
  ])('tells why a visit failed: %s is %s', async (password, cause) => {
    const visit = await begin(await world.mooring.user());
    const { location } = await walkHostedPages(visit.url, { username: 'ana.wrong', password });
    if (!location) throw new Error('Not sent back.');
    expect(onwards(await world.comeBack(location))).toMatchObject({ status: 'failed', cause });
    expect(await world.visit(visit.id)).toMatchObject({ status: 'failed', cause, problem: null });
  });

  it('tells that the second factor was wrong', async () => {
    const visit = await begin(await world.mooring.user());
    const walk = { username: 'ana.sms', password: 'SCA_SMS', answers: ['INVALID_SCA'] };
    const { location } = await walkHostedPages(visit.url, walk);
    if (!location) throw new Error('Not sent back.');
    expect(onwards(await world.comeBack(location))).toMatchObject({ status: 'failed', cause: 'challenge_failed' });
  });

  describe('a credential that needs its user', () => {
    it.each([
      ['blocked', 'blocked', 'credentials_changed', 'update_login', 'BLOCKED'],
      ['pending SCA', 'reauth_required', 'sca_required', 'renew', 'PENDING_SCA'],
    ])('is left alone while it is %s, and the hosted page heals it', async (what, state, cause, purpose, word) => {
      const { id, userId, username, ref } = await connected();
      const healthy = await connected();
      if (what === 'blocked') world.flanks.setBlocked(ref, true);
      else world.flanks.setSca(ref, true);
      await days(1);
      const before = attempts(username);
      const daily = attempts(healthy.username).daily;

      const { body } = await world.mooring.read(id);
      expect(body).toMatchObject({
        state: { value: state, cause, providerStatus: word },
        nextAction: {
          kind: purpose === 'renew' ? 'renew_consent' : 'update_login',
          by: 'user',
          linkSession: { purpose },
        },
      });
      world.flanks.clearCalls();
      await days(12, 12);
      expect(attempts(username)).toEqual(before);
      expect(attempts(healthy.username)).toMatchObject({ user: 1, daily: daily + 12 });
      expect((await world.mooring.read(id)).body).toMatchObject({ state: { value: state, cause } });
      expect((await world.mooring.read(healthy.id)).body).toMatchObject({ state: { value: 'active' } });
      // We only look: nothing is forced.
      expect(world.flanks.calls({ method: 'PUT' })).toEqual([]);
      const looks = world.flanks.calls({ path: '^/v0/bank/credentials/status' });
      const { body: all } = await world.mooring.get('/v1/connections?limit=100');
      // Four readings a day of each connection, and one with each load of a healthy one's data.
      expect(looks.length).toBeLessThanOrEqual(12 * 6 * (member(all, 'data') as unknown[]).length);

      const visit = await begin(userId, { purpose, connectionId: id, institutionId: undefined });
      const { location } = await walkHostedPages(visit.url);
      if (!location) throw new Error('Not sent back.');
      expect(onwards(await world.comeBack(location))).toMatchObject({ status: 'connected', connectionId: id });
      expect(attempts(username)).toMatchObject({ user: before.user + 1 });
      expect(await world.mooring.until(id, 'active')).toMatchObject({ id, nextAction: { kind: 'none' } });
    });

    it('meets strong authentication by itself after ninety days', async () => {
      const { id, username } = await connected();
      await days(88, 11 * 24);
      await days(1);
      expect((await world.mooring.read(id)).body).toMatchObject({ state: { value: 'active' } });
      await days(3);
      expect((await world.mooring.read(id)).body).toMatchObject({
        state: { value: 'reauth_required', cause: 'sca_required' },
        data: { status: 'stale' },
      });
      const before = attempts(username);
      await days(5);
      expect(attempts(username)).toEqual(before);
    });

    it('is blocked when the daily update finds the password wrong', async () => {
      const { id, username, ref } = await connected();
      world.flanks.setBankAnswer(ref, 'refuse');
      await days(2);
      expect((await world.mooring.read(id)).body).toMatchObject({ state: { value: 'blocked' } });
      const before = attempts(username);
      await days(3);
      expect(attempts(username)).toEqual(before);
    });
  });

  describe('what Flanks cannot do is refused, and says what to do instead', () => {
    it.each([
      ['POST', '/refresh', {}, /daily|by itself|itself/i],
      ['POST', '/authenticate', {}, /link/i],
      ['POST', '/supplemental-information', { fields: { code: '1' } }, /link/i],
      ['GET', '/qr', undefined, /link/i],
      ['PUT', '/login', { fields: { username: 'a', password: 'b' } }, /link/i],
    ])('%s %s', async (method, path, body, advice) => {
      const { id, username } = await connected();
      const row = await world.row(id);
      const before = attempts(username);
      world.flanks.clearCalls();

      const answer = await world.mooring.call(method, `/v1/connections/${id}${path}`, body ? { body } : {});

      expect(answer).toMatchObject({ status: 422, body: { code: 'capability_unsupported' } });
      expect(JSON.stringify(answer.body)).toMatch(advice);
      expect(world.flanks.calls({ path: '^/v0/bank' })).toEqual([]);
      expect(attempts(username)).toEqual(before);
      expect(await world.row(id)).toEqual(row);
    });

    it('authenticating while the first data load runs', async () => {
      const { url } = await begin(await world.mooring.user());
      const { location } = await walkHostedPages(url, { username: 'ana.moving' });
      if (!location) throw new Error('Not sent back.');
      const id = onwards(await world.comeBack(location))['connectionId'] ?? '';
      expect((await world.mooring.read(id)).body).toMatchObject({ state: { value: 'pending' } });
      const answer = await world.mooring.post(`/v1/connections/${id}/authenticate`, {});
      expect(answer).toMatchObject({ status: 422, body: { code: 'capability_unsupported' } });
    });

    it('creating with a login', async () => {
      const userId = await world.mooring.user();
      const fields = { username: 'ana', password: 'open-sesame' };
      const before = await world.mooring.rowCounts();
      const answer = await world.mooring.connect({
        userId,
        institutionId: 'testbank',
        fields,
        provider: 'flanks',
      } as never);
      expect(answer).toMatchObject({
        status: 422,
        body: { code: 'capability_unsupported', instead: '/v1/link-sessions' },
      });
      expect(await world.mooring.rowCounts()).toEqual(before);
      expect(world.mooring.logText()).not.toContain('open-sesame');
    });
  });

  it('shows which data failed, and stays healthy', async () => {
    const { id, ref } = await connected();
    world.flanks.setErrored(ref, ['product.card', 'product.account']);
    await days(1);
    const { body } = await world.mooring.read(id);
    expect(body).toMatchObject({ state: { value: 'active' }, data: { status: 'fresh' } });
    expect(member(body, 'data', 'degradedGroups')).toEqual(expect.arrayContaining(['product.card', 'product.account']));
    world.flanks.setErrored(ref, []);
    await days(1);
    expect(member((await world.mooring.read(id)).body, 'data', 'degradedGroups')).toEqual([]);
  });

  it('deletes at Flanks and here', async () => {
    const { id, username } = await connected();
    expect((await world.mooring.call('DELETE', `/v1/connections/${id}`)).status).toBe(204);
    expect(world.flanks.state().credentials.map((each) => each.username)).not.toContain(username);
    expect((await world.mooring.read(id)).status).toBe(404);
  });
});
