import { member, textAt } from '../../src/sandbox/rest-client.js';
import { GOOD_LOGIN, SandboxApp, type Answer } from '../factories/sandbox-app.factory.js';

const DAY_MS = 24 * 3_600_000;
const codeOf = ({ status, body }: Answer) => [status, member(body, 'code')];

describe('Idempotency-Key', () => {
  let mooring: SandboxApp;
  let other: SandboxApp;
  let count = 0;

  beforeAll(async () => {
    mooring = await SandboxApp.start();
    other = await mooring.alongside();
  });

  afterAll(async () => {
    await other.stop();
    await mooring.close();
  });

  beforeEach(async () => {
    await mooring.forget();
    await mooring.sql('DELETE FROM idempotency_keys');
  });

  const fresh = () => `key-${(count += 1)}`;
  const keyed = async (key: string, method: string, path: string, body?: unknown, app = mooring, caller?: string) =>
    app.call(method, path, {
      ...(body === undefined ? {} : { body }),
      ...(caller === undefined ? {} : { key: caller }),
      headers: { 'idempotency-key': key },
    });
  const newUser = () => ({ externalUserId: `cust-${(count += 1)}` });
  const kept = async () => mooring.sql<{ state: string }>('SELECT state FROM idempotency_keys');
  const creation = (userId: string) => ({
    ...{ userId, provider: 'tink', institutionId: 'se-demobank-password', fields: GOOD_LOGIN },
  });

  function expectReplay(again: Answer, first: Answer): void {
    expect([again.status, again.bytes.toString()]).toEqual([first.status, first.bytes.toString()]);
    for (const name of ['content-type', 'location', 'cache-control'])
      expect([name, again.headers.get(name)]).toEqual([name, first.headers.get(name)]);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  }

  describe('gives the first answer again', () => {
    it('of a creation, in every process, with its address', async () => {
      const [key, body] = [fresh(), newUser()];
      const first = await keyed(key, 'POST', '/v1/users', body);
      expect([first.status, first.headers.get('location')]).toEqual([201, `/v1/users/${textAt(first.body, 'id')}`]);
      expectReplay(await keyed(key, 'POST', '/v1/users', body), first);
      expectReplay(await keyed(key, 'POST', '/v1/users', body, other), first);
    });

    it('of a conflict, although the reason is gone', async () => {
      const userId = await mooring.user();
      const id = await mooring.connected({ userId });
      const key = fresh();
      const first = await keyed(key, 'POST', '/v1/connections', creation(userId));
      expect(codeOf(first)).toEqual([409, 'connection.duplicate']);
      await mooring.call('DELETE', `/v1/connections/${id}`);
      expectReplay(await keyed(key, 'POST', '/v1/connections', creation(userId)), first);
    });

    it('of a refusal after work', async () => {
      const body = { ...creation(await mooring.user()), institutionId: 'no-such-bank' };
      const key = fresh();
      const first = await keyed(key, 'POST', '/v1/connections', body);
      expect(codeOf(first)).toEqual([422, 'institution.unknown']);
      expectReplay(await keyed(key, 'POST', '/v1/connections', body), first);
    });

    it('of a deletion, which has no body', async () => {
      const [id, key] = [await mooring.active(), fresh()];
      const first = await keyed(key, 'DELETE', `/v1/connections/${id}`);
      expect([first.status, first.bytes.length]).toEqual([204, 0]);
      expectReplay(await keyed(key, 'DELETE', `/v1/connections/${id}`), first);
    });

    it('of a refresh that goes on, and calls the provider once', async () => {
      const [id, key] = [await mooring.active(), fresh()];
      mooring.tink.clearCalls();
      const first = await keyed(key, 'POST', `/v1/connections/${id}/refresh`, {});
      expect(first.status).toBe(202);
      expectReplay(await keyed(key, 'POST', `/v1/connections/${id}/refresh`, {}), first);
      expect(mooring.calls({ method: 'POST', path: '/refresh$' })).toBe(1);
    });

    it('of a new client, whose key is nowhere to be read meanwhile', async () => {
      const key = fresh();
      const body = { name: 'one', scopes: ['users:read'] };
      const first = await keyed(key, 'POST', '/admin/clients', body);
      expectReplay(await keyed(key, 'POST', '/admin/clients', body), first);
      const stored = JSON.stringify(await mooring.sql('SELECT * FROM idempotency_keys'));
      expect(stored).toContain('"state":"done"');
      for (const secret of [textAt(first.body, 'key'), textAt(first.body, 'key').split('_').pop() ?? ''])
        expect(stored).not.toContain(secret);
    });
  });

  it('belongs to one request', async () => {
    const [key, body] = [fresh(), newUser()];
    await keyed(key, 'POST', '/v1/users', body);
    const refused = [
      await keyed(key, 'POST', '/v1/users', newUser()),
      await keyed(key, 'POST', '/v1/link-sessions', body),
      await keyed(key, 'POST', '/v1/users?x=1', body),
    ];
    for (const answer of refused) expect(codeOf(answer)).toEqual([422, 'idempotency.key_reused']);
  });

  it("is not another caller's, a user token's neither", async () => {
    const userId = await mooring.user();
    const client = await mooring.post('/admin/clients', { name: 'two', scopes: ['users:write', 'users:read'] });
    const caller = textAt(client.body, 'key');
    const minted = await mooring.post(`/v1/users/${userId}/tokens`, { scope: ['users:write'] });
    const key = fresh();
    expect((await keyed(key, 'POST', '/v1/users', newUser())).status).toBe(201);
    expect((await keyed(key, 'POST', '/v1/users', newUser(), mooring, caller)).status).toBe(201);
    const deleted = await keyed(key, 'DELETE', `/v1/users/${userId}`, undefined, mooring, textAt(minted.body, 'token'));
    expect(deleted.status).toBe(204);
  });

  it('never keeps a token: a repeat gets one of its own', async () => {
    const [userId, key] = [await mooring.user(), fresh()];
    const ask = async () => keyed(key, 'POST', `/v1/users/${userId}/tokens`, { scope: ['credentials:read'] });
    const [one, two] = [await ask(), await ask()];
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(two.headers.get('idempotency-replayed')).toBeNull();
    expect(textAt(two.body, 'token')).not.toBe(textAt(one.body, 'token'));
  });

  it('lets one of two processes through at the same moment', async () => {
    const userId = await mooring.user();
    const key = fresh();
    mooring.tink.clearCalls();
    const both = await Promise.all(
      [mooring, other, mooring, other].map(async (app) => keyed(key, 'POST', '/v1/connections', creation(userId), app)),
    );
    const created = both.filter(({ status }) => status === 201);
    expect(new Set(created.map(({ body }) => textAt(body, 'id'))).size).toBe(1);
    for (const answer of both.filter(({ status }) => status !== 201)) {
      expect(codeOf(answer)).toEqual([409, 'idempotency.in_progress']);
      expect(answer.headers.get('retry-after')).toBe('2');
    }
    expect(created.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect(mooring.credentialsOf(userId)).toHaveLength(1);
    expect(mooring.calls({ method: 'POST', path: '/credentials$' })).toBe(1);
    expect((await keyed(key, 'POST', '/v1/connections', creation(userId), other)).status).toBe(201);
  });

  it('is forgotten after a day', async () => {
    const [key, body] = [fresh(), newUser()];
    const first = await keyed(key, 'POST', '/v1/users', body);
    mooring.advance(DAY_MS - 1);
    expectReplay(await keyed(key, 'POST', '/v1/users', body), first);
    mooring.advance(1);
    expect(codeOf(await keyed(key, 'POST', '/v1/users', body))).toEqual([409, 'user.duplicate']);
  });

  describe('keeps nothing', () => {
    it('of a refusal before any work', async () => {
      const limited = await mooring.post('/admin/clients', { name: 'reader', scopes: ['users:read'] });
      const key = fresh();
      const refused = [
        await keyed(key, 'POST', '/v1/users', {}),
        await keyed(key, 'POST', '/v1/users', newUser(), mooring, textAt(limited.body, 'key')),
        await keyed(key, 'POST', '/v1/users', newUser(), mooring, 'mk_unknown'),
      ];
      expect(refused.map(({ status }) => status)).toEqual([400, 403, 401]);
      expect(await kept()).toEqual([]);
      expect((await keyed(key, 'POST', '/v1/users', newUser())).status).toBe(201);
    });

    it('of an outage: the repeat runs again', async () => {
      const [userId, key] = [await mooring.user(), fresh()];
      mooring.tink.addFault({
        method: 'POST',
        path: '/credentials$',
        times: null,
        action: { kind: 'respond', status: 429 },
      });
      expect((await keyed(key, 'POST', '/v1/connections', creation(userId))).status).toBe(429);
      mooring.tink.clearFaults();
      expect(await kept()).toEqual([]);
      expect((await keyed(key, 'POST', '/v1/connections', creation(userId))).status).toBe(201);
    });

    it('of a read', async () => {
      const key = fresh();
      for (const method of ['GET', 'HEAD']) expect((await keyed(key, method, '/v1/users')).status).toBe(200);
      expect((await keyed('not valid', 'GET', '/v1/users')).status).toBe(200);
      expect(await kept()).toEqual([]);
    });

    it('when there is no key', async () => {
      await mooring.post('/v1/users', newUser());
      expect(await kept()).toEqual([]);
    });
  });

  it.each([
    ['is empty', ''],
    ['holds a space', 'two words'],
    ['comes twice', 'one, two'],
    ['is too long', 'k'.repeat(256)],
    ['is not ASCII', 'schl\u00fcssel'],
    ['holds a tab', 'a\tb'],
  ])('is refused when it %s, and nothing is done', async (_case, key) => {
    const before = await mooring.rowCounts();
    const answer = await keyed(key, 'POST', '/v1/users', newUser());
    expect(codeOf(answer)).toEqual([400, 'request.invalid']);
    expect(await mooring.rowCounts()).toEqual(before);
  });

  it.each([
    'k',
    'k'.repeat(255),
    `'; DROP TABLE users; --`.replaceAll(' ', '_'),
    '__proto__',
    '%00',
    '../../x',
    '{"$ne":1}',
  ])('may be %s', async (key) => {
    const body = newUser();
    const first = await keyed(key, 'POST', '/v1/users', body);
    expectReplay(await keyed(key, 'POST', '/v1/users', body), first);
  });
});
