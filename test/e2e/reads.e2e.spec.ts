import { member, textAt } from '../../src/sandbox/rest-client.js';
import { SandboxApp, STEP_MS } from '../factories/sandbox-app.factory.js';

const TTL_MS = 30_000;
/** A database of its own, so that other suites on the same server do not begin a new epoch. */
const SHARED_CACHE = process.env['REDIS_URL'];
const onRedis = SHARED_CACHE ? it : it.skip;

describe('reading a connection', () => {
  let mooring: SandboxApp;
  let other: SandboxApp;

  beforeAll(async () => {
    const env = SHARED_CACHE ? { REDIS_URL: redisDatabase(SHARED_CACHE) } : {};
    mooring = await SandboxApp.start({ env });
    other = await mooring.alongside();
  });

  beforeEach(async () => {
    await mooring.forget();
  });

  afterAll(async () => {
    await other.stop();
    await mooring.close();
  });

  const reads = () => mooring.calls({ method: 'GET', path: '/credentials/[^/]+$' });
  const many = <T>(count: number, work: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_none, index) => work(index)));

  /** Changes the row behind the cache's back: whoever shows it has read the database. */
  async function mark(id: string): Promise<string> {
    const reference = `mark-${Math.random().toString(36).slice(2)}`;
    await mooring.sql('UPDATE connections SET reference = $2 WHERE id = $1', [id, reference]);
    return reference;
  }

  const referenceOf = async (id: string, app = mooring) => textAt((await app.read(id)).body, 'reference');

  /** An active connection of a bank where the user can authenticate again. */
  async function approved(): Promise<string> {
    const userId = await mooring.user();
    const id = await mooring.connected({ userId, institutionId: 'se-demobank-open-banking-redirect', fields: {} });
    await mooring.until(id, 'awaiting_user');
    mooring.tink.approve(mooring.credentialOf(userId).id);
    await mooring.until(id, 'active');
    return id;
  }

  describe('that moves', () => {
    it('asks the provider at most once a second for any number of readers', async () => {
      const id = await mooring.connected();
      await mooring.read(id);
      mooring.tink.clearCalls();

      for (let second = 1; second <= 2; second++) {
        mooring.advance(STEP_MS);
        const answers = await many(30, () => mooring.read(id));
        expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
        expect(reads()).toBe(second);
      }
      mooring.advance(999);
      await many(5, () => mooring.read(id));
      expect(reads()).toBe(2);
    });

    it('asks the provider once a second over two processes too', async () => {
      const id = await mooring.connected();
      await mooring.read(id);
      mooring.advance(STEP_MS);
      mooring.tink.clearCalls();

      await Promise.all([...[mooring, other].map((app) => many(15, () => app.read(id)))]);

      expect(reads()).toBe(1);
    });

    it('is never answered from the cache', async () => {
      const id = await mooring.connected({ institutionId: 'se-demobank-open-banking-embedded' });
      await mooring.until(id, 'awaiting_user');
      await mooring.read(id);
      const reference = await mark(id);

      expect(await referenceOf(id)).toBe(reference);
      expect(await referenceOf(id, other)).toBe(reference);
    });

    it("keeps its user's list out of the cache too", async () => {
      const userId = await mooring.user();
      const id = await mooring.connected({ userId });
      await mooring.get(`/v1/connections?userId=${userId}`);
      const reference = await mark(id);

      const listed = await mooring.get(`/v1/connections?userId=${userId}`);

      expect(member(listed.body, 'data', 0, 'reference')).toBe(reference);
    });

    it('answers with what is known when the provider cannot be read', async () => {
      const id = await mooring.connected();
      const before = (await mooring.read(id)).body;
      mooring.advance(STEP_MS);
      mooring.tink.addFault({ path: '/credentials/[^/]+$', action: { kind: 'respond', status: 404 + 11 } });

      const { status, body } = await mooring.read(id);

      expect(status).toBe(200);
      expect(member(body, 'state')).toEqual(member(before, 'state'));
    });
  });

  it('that two processes create at once gives one of them a credential upstream', async () => {
    const userId = await mooring.user();

    const answers = await Promise.all([mooring, other, mooring, other].map((app) => app.connect({ userId })));

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(mooring.credentialsOf(userId)).toHaveLength(1);
  });

  it('that two processes refresh at once is refreshed once', async () => {
    const id = await mooring.active();
    mooring.tink.clearCalls();

    const answers = await Promise.all(
      [mooring, other, mooring, other].map((app) => app.post(`/v1/connections/${id}/refresh`, {})),
    );

    expect(answers.map(({ status }) => status)).toEqual(Array(4).fill(202));
    expect(mooring.calls({ method: 'POST', path: '/refresh$' })).toBe(1);
  });

  describe('that is settled', () => {
    it('never asks the provider, and is answered from the cache for half a minute', async () => {
      const id = await mooring.active();
      const before = (await mooring.read(id)).body;
      mooring.tink.clearCalls();
      const reference = await mark(id);

      mooring.advance(TTL_MS - 1);
      expect((await mooring.read(id)).body).toEqual(before);
      mooring.advance(1);
      expect(await referenceOf(id)).toBe(reference);
      expect(mooring.calls({})).toBe(0);
    });

    it.each<[string, (id: string) => Promise<unknown>]>([
      ['pause', (id) => mooring.post(`/v1/connections/${id}/pause`)],
      ['refresh', (id) => mooring.post(`/v1/connections/${id}/refresh`, {})],
      ['authenticate', (id) => mooring.post(`/v1/connections/${id}/authenticate`, {})],
      ['a new login', (id) => mooring.call('PUT', `/v1/connections/${id}/login`, { body: { fields: {} } })],
    ])('is read anew after %s', async (_change, change) => {
      const id = await approved();
      await mooring.read(id);
      const reference = await mark(id);

      await change(id);

      expect(await referenceOf(id)).toBe(reference);
    });

    it('is read anew after what the watcher found', async () => {
      const userId = await mooring.user();
      const id = await mooring.connected({ userId, fields: { username: 'u10000006', password: 'abc123' } });
      const retrying = await mooring.until(id, 'retrying');
      await mooring.read(id);
      await mooring.get(`/v1/connections?userId=${userId}`);
      const due = new Date(textAt(retrying, 'nextAction', 'retryAt')).getTime() - mooring.clock.now().getTime();
      mooring.tink.setStatus(mooring.credentialOf(userId).id, { status: 'UPDATED' });
      mooring.advance(due - TTL_MS / 2);
      await mooring.read(id);
      await mooring.get(`/v1/connections?userId=${userId}`);
      mooring.advance(TTL_MS / 2);

      await mooring.watch();

      expect((await mooring.read(id)).body).toMatchObject({ state: { value: 'active' } });
      const listed = await mooring.get(`/v1/connections?userId=${userId}`);
      expect(textAt(listed.body, 'data', 0, 'state', 'value')).toBe('active');
    });

    it('is gone from the cache when it is deleted', async () => {
      const id = await mooring.active();
      await mooring.read(id);

      await mooring.call('DELETE', `/v1/connections/${id}`);

      expect((await mooring.read(id)).status).toBe(404);
    });

    it('is the same for an id in capitals, also after a change', async () => {
      const id = await mooring.active();
      await mooring.read(id.toUpperCase());
      await mooring.post(`/v1/connections/${id.toUpperCase()}/pause`);

      expect((await mooring.read(id)).body).toMatchObject({ id, sync: { paused: true } });
      expect((await mooring.read(id.toUpperCase())).body).toMatchObject({ id, sync: { paused: true } });
    });

    onRedis('shows a change through another process at once', async () => {
      const userId = await mooring.user();
      const id = await mooring.active({ userId, reference: 'first' });
      await many(2, () => other.read(id));
      await other.get(`/v1/connections?userId=${userId}`);
      const untold = await mark(id);
      expect(await referenceOf(id, other)).toBe('first');

      await mooring.post(`/v1/connections/${id}/pause`);

      expect((await other.read(id)).body).toMatchObject({ sync: { paused: true }, reference: untold });
      const listed = await other.get(`/v1/connections?userId=${userId}`);
      expect(member(listed.body, 'data', 0, 'sync', 'paused')).toBe(true);
      await other.call('DELETE', `/v1/connections/${id}`);
      expect((await mooring.read(id)).status).toBe(404);
    });

    it('shows a change through another process when its own entry is too old', async () => {
      const id = await mooring.active();
      await other.read(id);
      await mooring.post(`/v1/connections/${id}/pause`);
      mooring.advance(TTL_MS);

      expect((await other.read(id)).body).toMatchObject({ sync: { paused: true } });
    });

    it('has an entity tag that changes with it', async () => {
      const id = await mooring.active();
      const first = await mooring.read(id);
      const etag = first.headers.get('etag') ?? '';
      expect(etag).toMatch(/^"[\w-]+"$/);
      expect(first.headers.get('cache-control')).toBe('private, no-cache');

      const same = await mooring.get(`/v1/connections/${id}`, { 'if-none-match': etag });
      expect([same.status, same.bytes.length, same.headers.get('etag')]).toEqual([304, 0, etag]);
      expect((await mooring.get(`/v1/connections/${id}`, { 'if-none-match': `"other", W/${etag}` })).status).toBe(304);
      expect((await mooring.get(`/v1/connections/${id}`, { 'if-none-match': '"other"' })).status).toBe(200);

      await mooring.post(`/v1/connections/${id}/pause`);
      const changed = await mooring.get(`/v1/connections/${id}`, { 'if-none-match': etag });
      expect(changed.status).toBe(200);
      expect(changed.headers.get('etag')).not.toBe(etag);
    });

    it("of a user's list is cached under the user, and gone with the next connection", async () => {
      const userId = await mooring.user();
      const id = await mooring.active({ userId });
      const path = `/v1/connections?userId=${userId}`;
      await mooring.get(path);
      const reference = await mark(id);
      expect(member((await mooring.get(path)).body, 'data', 0, 'reference')).not.toBe(reference);

      await mooring.connected({ userId, fields: { username: 'u10000002', password: 'abc123' } });

      expect(member((await mooring.get(path)).body, 'data', 1, 'reference')).toBe(reference);
    });
  });

  describe('of grants and tokens', () => {
    it('never gives the same twice, and forbids every cache to keep them', async () => {
      const userId = await mooring.user();
      const grants = await many(2, () =>
        mooring.post(`/v1/users/${userId}/authorization-grants`, { provider: 'tink', scope: ['accounts:read'] }),
      );
      const codes = grants.map(({ body }) => textAt(body, 'code'));
      const tokens = [];
      for (const code of codes) tokens.push(await mooring.post('/v1/users/access-tokens', { provider: 'tink', code }));

      expect(new Set(codes).size).toBe(2);
      expect(new Set(tokens.map(({ body }) => textAt(body, 'accessToken'))).size).toBe(2);
      for (const { headers, status } of [...grants, ...tokens]) {
        expect([status, headers.get('cache-control'), headers.get('etag')]).toEqual([200, 'no-store', null]);
      }
      for (const secret of [...codes, ...tokens.map(({ body }) => textAt(body, 'accessToken'))]) {
        expect(mooring.logText()).not.toContain(secret);
      }
    });

    it('takes a code once', async () => {
      const userId = await mooring.user();
      const grant = await mooring.post(`/v1/users/${userId}/authorization-grants`, {
        provider: 'tink',
        scope: ['accounts:read'],
      });
      const body = { provider: 'tink', code: textAt(grant.body, 'code') };
      expect((await mooring.post('/v1/users/access-tokens', body)).status).toBe(200);

      expect(await mooring.post('/v1/users/access-tokens', body)).toMatchObject({
        status: 422,
        body: { code: 'authorization.invalid_code' },
      });
    });
  });
});

/** One of Redis' sixteen databases, by chance: applications that share one begin each other's epochs. */
function redisDatabase(url: string): string {
  const address = new URL(url);
  address.pathname = `/${1 + Math.floor(Math.random() * 15)}`;
  return address.href;
}
