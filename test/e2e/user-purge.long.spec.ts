import { randomUUID } from 'node:crypto';

import { jest } from '@jest/globals';

import { SCOPES } from '../../src/access/scope.js';
import { BuryUser } from '../../src/erasure/bury-user.js';
import { DeleteProviderUsers } from '../../src/erasure/delete-provider-users.js';
import { DeleteUser } from '../../src/erasure/delete-user.js';
import { member, textAt } from '../../src/sandbox/rest-client.js';
import { SandboxApp } from '../factories/sandbox-app.factory.js';

const PURGED = { method: 'DELETE', path: '/credentials/' };
const USER_DELETED = { method: 'POST', path: '/user/delete$' };

describe('the purge of a user', () => {
  let mooring: SandboxApp;

  beforeAll(async () => {
    mooring = await SandboxApp.start();
  });

  beforeEach(async () => {
    await mooring.forget();
  });

  afterAll(async () => {
    await mooring.close();
  });

  const purge = async (id: string, app = mooring) => app.post(`/admin/users/${id}/purge`, { confirm: id });
  const receiptOf = async (id: unknown) => (await mooring.get(`/v1/deletions/${String(id)}`)).body;
  const eventsOf = async (userId: string) =>
    mooring.sql(`SELECT type FROM outgoing_events WHERE user_id = $1 AND type = 'user.deleted'`, [userId]);
  const auditOf = async (userId: string) =>
    mooring.sql<{ action: string; actor: string; detail: object }>(
      `SELECT action, actor, detail FROM audit_entries WHERE subject = $1 ORDER BY id`,
      [`user:${userId}`],
    );
  const waiting = async () => {
    mooring.advance(10_000);
    return member((await mooring.get('/admin/overview')).body, 'userDeletions');
  };
  const respond = (filter: { method: string; path: string }, status: number) =>
    mooring.tink.addFault({ ...filter, times: null, action: { kind: 'respond', status } });

  it('ends a deletion that waits for a provider whose settings were taken away', async () => {
    const userId = await mooring.user('cust-purged');
    const id = await mooring.active({ userId, reference: 'loan-purged' });
    const without = await mooring.alongside({ TINK_CLIENT_ID: '', TINK_CLIENT_SECRET: '' });
    const accepted = await without.call('DELETE', `/v1/users/${userId}`);
    expect(accepted.status).toBe(202);

    const purged = await purge(userId, without);

    const receiptId = accepted.headers.get('location')?.split('/').at(-1);
    expect([purged.status, purged.body]).toEqual([
      200,
      {
        ...{ receiptId, upstream: 'failed:provider.disabled' },
        providerUsers: { tink: 'failed:provider.disabled' },
      },
    ]);
    expect(await receiptOf(receiptId)).toMatchObject({
      ...{ status: 'completed', subject: { kind: 'user', id: userId } },
      upstream: { answer: 'failed:provider.disabled' },
      what: { connections: 1, providerUsers: { tink: 'failed:provider.disabled' } },
    });
    expect((await mooring.read(id)).status).toBe(404);
    expect((await mooring.get(`/v1/users/${userId}`)).status).toBe(404);
    expect(await mooring.sql('SELECT 1 FROM provider_users WHERE user_id = $1', [userId])).toEqual([]);
    expect(await eventsOf(userId)).toHaveLength(1);
    expect((await mooring.get('/admin/deletions/verify')).body).toMatchObject({ intact: true });
    await without.stop();
  });

  it('ends it while an operator has switched the provider off', async () => {
    const userId = await mooring.user();
    await mooring.active({ userId });
    await mooring.post('/admin/providers/tink', { enabled: false });
    mooring.tink.clearCalls();

    expect((await purge(userId)).body).toMatchObject({ upstream: 'failed:provider.disabled' });

    expect(mooring.calls({})).toBe(0);
    expect((await mooring.get(`/v1/users/${userId}`)).status).toBe(404);
    await mooring.post('/admin/providers/tink', { enabled: true });
  });

  it('ends it while the provider is down, and frees the name and the external id', async () => {
    const userId = await mooring.user('cust-to-be-free');
    await mooring.active({ userId, reference: 'loan-of-free' });
    respond(USER_DELETED, 503);
    expect((await mooring.call('DELETE', `/v1/users/${userId}`)).status).toBe(202);

    const purged = await purge(userId);

    expect(purged).toMatchObject({
      status: 200,
      body: {
        upstream: 'failed:provider.unavailable',
        providerUsers: { tink: 'failed:provider.unavailable' },
      },
    });
    const rows = await mooring.sql<{ text: string }>(`
      SELECT row_to_json(u)::text AS text FROM users u UNION ALL SELECT row_to_json(c)::text FROM connections c`);
    expect(rows.filter(({ text }) => /to-be-free|of-free/.test(text))).toEqual([]);
    const again = await mooring.post('/v1/users', { externalUserId: 'cust-to-be-free' });
    expect([again.status, textAt(again.body, 'id') === userId]).toEqual([201, false]);
  });

  it('needs no deletion that was asked for before, and says what providers did', async () => {
    const userId = await mooring.user();
    await mooring.active({ userId });

    const purged = await purge(userId);

    expect(purged).toMatchObject({ status: 200, body: { upstream: 'deleted', providerUsers: { tink: 'deleted' } } });
    expect(mooring.credentialsOf(userId)).toEqual([]);
    expect(await receiptOf(member(purged.body, 'receiptId'))).toMatchObject({
      requestedBy: expect.stringMatching(/^client:/) as string,
    });
  });

  it('has the same receipt a second time, and after a deletion without it', async () => {
    const userId = await mooring.user();
    await mooring.active({ userId });
    const first = await purge(userId);
    mooring.tink.clearCalls();
    expect(await purge(userId)).toMatchObject({ status: 200, body: first.body });
    expect(mooring.calls({})).toBe(0);
    expect(await eventsOf(userId)).toHaveLength(1);

    const other = await mooring.user();
    const deleted = await mooring.call('DELETE', `/v1/users/${other}`);
    expect((await purge(other)).body).toMatchObject({
      receiptId: deleted.headers.get('location')?.split('/').at(-1),
      ...{ upstream: 'not_needed', providerUsers: {} },
    });
  });

  it('is safe beside the sweeper and another purge', async () => {
    const userId = await mooring.user();
    await mooring.active({ userId });
    const fault = respond(USER_DELETED, 429);
    expect((await mooring.call('DELETE', `/v1/users/${userId}`)).status).toBe(202);
    mooring.tink.clearFaults(fault);
    mooring.advance(60_000);

    const [one, two] = await Promise.all([purge(userId), purge(userId), mooring.inside(DeleteUser).resume()]);

    expect([one.status, two.status]).toEqual([200, 200]);
    expect(textAt(one.body, 'receiptId')).toBe(textAt(two.body, 'receiptId'));
    expect(await eventsOf(userId)).toHaveLength(1);
    const [buried] = await mooring.sql('SELECT deleted_at FROM users WHERE id = $1', [userId]);
    mooring.advance(1_000);
    expect(await mooring.inside(BuryUser).run(userId)).toBe(true);
    expect(await mooring.sql('SELECT deleted_at FROM users WHERE id = $1', [userId])).toEqual([buried]);
    expect(await eventsOf(userId)).toHaveLength(1);
  });

  it('asks each provider once, and ends a creation whose process died', async () => {
    const userId = await mooring.user();
    mooring.tink.addFault({ method: 'POST', path: '/credentials$', action: { kind: 'accept-then-reset' } });
    expect((await mooring.connect({ userId })).status).toBe(503);
    respond(USER_DELETED, 429);
    mooring.tink.clearCalls();

    const purged = await purge(userId);

    expect(purged.status).toBe(200);
    expect(mooring.calls(USER_DELETED)).toBe(1);
    expect(await mooring.sql('SELECT 1 FROM connection_creations')).toEqual([]);
    expect(await receiptOf(member(purged.body, 'receiptId'))).toMatchObject({
      status: 'completed',
      what: { unfinished: { tink: 1 }, providerUsers: { tink: 'failed:provider.rate_limited' } },
    });
  });

  it('takes along a connection that a creation brings in the meantime', async () => {
    const userId = await mooring.user();
    const id = await mooring.active({ userId });
    const providers = mooring.inside(DeleteProviderUsers);
    const asked = jest.spyOn(providers, 'run').mockImplementationOnce(async (user) => {
      await mooring.sql(`UPDATE connections SET deleted_at = NULL, state = 'active' WHERE id = $1`, [id]);
      return providers.run(user);
    });

    expect(await purge(userId)).toMatchObject({ status: 200, body: { upstream: 'deleted' } });

    expect(asked).toHaveBeenCalled();
    asked.mockRestore();
    expect(await mooring.sql('SELECT deleted_at IS NULL AS live FROM connections WHERE id = $1', [id])).toEqual([
      { live: false },
    ]);
    expect((await mooring.get(`/v1/users/${userId}`)).status).toBe(404);
  });

  it('is written down before and after', async () => {
    const userId = await mooring.user();
    await mooring.active({ userId });
    respond(PURGED, 429);
    const { body } = await purge(userId);
    const actor = expect.stringMatching(/^client:[0-9a-f-]{36}$/) as string;
    const receiptId = member(body, 'receiptId');
    expect(await auditOf(userId)).toEqual([
      { action: 'user.purge_ordered', actor, detail: {} },
      { action: 'user.purged', actor, detail: { receiptId, upstream: 'failed:provider.rate_limited' } },
    ]);
  });

  it('must be confirmed with the id, by whoever has the scope', async () => {
    const userId = await mooring.user();
    for (const confirm of [randomUUID(), userId.slice(1), undefined]) {
      expect(await mooring.post(`/admin/users/${userId}/purge`, { confirm })).toMatchObject({
        ...{ status: 400, body: { code: 'request.invalid', errors: [{ pointer: '/confirm' }] } },
      });
    }
    const nobody = randomUUID();
    expect(await purge(nobody)).toMatchObject({ status: 404, body: { code: 'user.not_found' } });
    const scopes = SCOPES.filter((scope) => scope !== 'admin');
    const key = textAt((await mooring.post('/admin/clients', { name: 'all but one', scopes })).body, 'key');
    const denied = await mooring.call('POST', `/admin/users/${userId}/purge`, { key, body: { confirm: userId } });
    expect(denied).toMatchObject({ status: 403, body: { code: 'access.denied' } });
    expect((await mooring.get(`/v1/users/${userId}`)).status).toBe(200);
    expect([await auditOf(userId), await auditOf(nobody)]).toEqual([[], []]);
  });

  it('is called for by the overview: how many wait, and since when', async () => {
    expect(await waiting()).toEqual({ waiting: 0, oldestSince: null });
    const [first, second] = [await mooring.user(), await mooring.user()];
    for (const userId of [first, second]) {
      await mooring.active({ userId, fields: { username: 'u10000002', password: 'abc123' } });
      await mooring.sql('UPDATE connections SET fingerprint = NULL');
    }
    respond(PURGED, 429);
    const since = mooring.clock.now().toISOString();
    await mooring.call('DELETE', `/v1/users/${first}`);
    mooring.advance(60_000);
    await mooring.call('DELETE', `/v1/users/${second}`);

    expect(await waiting()).toEqual({ waiting: 2, oldestSince: since });
    await purge(first);
    expect(await waiting()).toMatchObject({ waiting: 1 });
    await purge(second);
    expect(await waiting()).toEqual({ waiting: 0, oldestSince: null });
  });
});
