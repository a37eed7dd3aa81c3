import { randomUUID } from 'node:crypto';

import { JobWorkers } from '../../src/platform/queue/job-workers.js';
import { member, textAt } from '../../src/sandbox/rest-client.js';
import { SandboxApp } from '../factories/sandbox-app.factory.js';

const DAY_MS = 24 * 3_600_000;
const key = (id: string, byte: number): string => `${id}:${Buffer.alloc(32, byte).toString('base64')}`;
const OLD = key('test', 9);
const NEW = key('next', 10);

describe('the API for operators', () => {
  let mooring: SandboxApp;

  beforeAll(async () => {
    mooring = await SandboxApp.start({ env: { MOORING_WEBHOOK_ALLOW_PRIVATE: 'true' } });
  });

  beforeEach(async () => {
    await mooring.forget();
  });

  afterAll(async () => {
    await mooring.close();
  });

  const providers = async (app = mooring) => member((await app.get('/admin/providers')).body, 'data') as object[];
  /** Another connection of the same login. */
  const another = async (options: Parameters<SandboxApp['active']>[0] = {}): Promise<string> => {
    await mooring.forget();
    return mooring.active(options);
  };
  const lastAudit = async () => (member((await mooring.get('/admin/audit?limit=2')).body, 'data') as object[])[0];

  describe('providers', () => {
    it('are shown with their limits, also those without settings', async () => {
      const id = await mooring.active();
      await mooring.post(`/v1/connections/${id}/refresh`, {});
      const [tink, ...others] = await providers();
      expect(tink).toMatchObject({
        id: 'tink',
        name: 'Tink',
        configured: true,
        enabled: true,
        circuit: 'closed',
        pausedUntil: null,
        limits: { requestsPerSecond: null, concurrency: null },
        usage: { callsHere: 0, places: 0, unattendedRefreshesToday: 1 },
      });
      expect(member(tink, 'latency', 'calls')).toBeGreaterThan(0);
      expect(others).toMatchObject([
        { id: 'flanks', configured: false },
        { id: 'flinks', configured: false },
      ]);
    });

    it('are not called by any process while they are switched off, and connections stay as they are', async () => {
      const other = await mooring.alongside();
      const id = await mooring.active();
      const before = await mooring.states(id);
      await other.get('/admin/providers');
      mooring.tink.clearCalls();

      const off = await mooring.post('/admin/providers/tink', { enabled: false });
      expect([off.status, member(off.body, 'enabled')]).toEqual([200, false]);
      expect(await lastAudit()).toMatchObject({ action: 'provider.disabled', subject: 'provider:tink' });
      const refused = await mooring.post(`/v1/connections/${id}/refresh`, {});
      expect(refused).toMatchObject({ status: 503, body: { code: 'provider.disabled' } });
      mooring.advance(3_000);
      expect(await other.post(`/v1/connections/${id}/refresh`, {})).toMatchObject({ status: 503 });
      expect(mooring.calls({})).toBe(0);
      expect(await mooring.states(id)).toEqual(before);

      await mooring.post('/admin/providers/tink', { enabled: true });
      expect((await mooring.post(`/v1/connections/${id}/refresh`, {})).status).toBe(202);
      await other.stop();
    });

    it('keep their limits over the whole API', async () => {
      const limited = await mooring.alongside({ TINK_REQUESTS_PER_SECOND: '500', TINK_CONCURRENCY: '4' });
      const id = await limited.active();
      const [tink] = await providers(limited);
      expect(tink).toMatchObject({ limits: { requestsPerSecond: 500, concurrency: 4 }, usage: { callsHere: 0 } });
      expect((await limited.post(`/v1/connections/${id}/refresh`, {})).status).toBe(202);
      await limited.stop();
    });

    it.each([
      ['tink', {}, 400, 'request.invalid'],
      ['tink', { enabled: 'no' }, 400, 'request.invalid'],
      ['nobody', { enabled: false }, 422, 'provider.unknown'],
    ])('%s with %j is refused', async (id, body, status, code) => {
      expect(await mooring.post(`/admin/providers/${id}`, body)).toMatchObject({ status, body: { code } });
    });
  });

  describe('the overview', () => {
    it('counts everything once, and again after ten seconds', async () => {
      mooring.advance(10_000);
      const [one, two, three] = [await another(), await another(), await another()];
      const soon = new Date(mooring.clock.now().getTime() + 3 * DAY_MS);
      await mooring.sql(
        `UPDATE connections SET data_as_of = $2::timestamptz - interval '40 hours', consent_expires_at = $3,
           sync_paused_at = $2, next_sync_at = $2 WHERE id = $1`,
        [one, mooring.clock.now(), soon],
      );
      await mooring.sql(
        `UPDATE connections SET data_as_of = NULL, next_sync_at = $2, sync_paused_at = NULL WHERE id = $1`,
        [two, mooring.clock.now()],
      );
      mooring.advance(10_000);
      const { status, body } = await mooring.get('/admin/overview');
      expect(status).toBe(200);
      const states = member(body, 'states') as { state: string; connections: number }[];
      const live = await mooring.sql<{ count: number }>(
        'SELECT count(*)::int AS count FROM connections WHERE deleted_at IS NULL',
      );
      expect(states.reduce((sum, { connections }) => sum + connections, 0)).toBe(live[0]?.count);
      expect(body).toMatchObject({ paused: 1, stale: 1, openAccountMatches: 0, deadJobs: 0, pendingDeliveries: 0 });
      expect(member(body, 'neverSynced')).toBeGreaterThan(0);
      expect(member(body, 'overdueSyncs')).toBeGreaterThan(0);
      const days = member(body, 'consentsEnding') as { day: string; connections: number }[];
      expect(days).toHaveLength(90);
      expect(days.find(({ day }) => day === soon.toISOString().slice(0, 10))?.connections).toBeGreaterThan(0);

      await mooring.sql('UPDATE connections SET sync_paused_at = $2 WHERE id = $1', [three, mooring.clock.now()]);
      expect(member((await mooring.get('/admin/overview')).body, 'paused')).toBe(1);
      mooring.advance(10_000);
      expect(member((await mooring.get('/admin/overview')).body, 'paused')).toBe(2);
    });
  });

  describe('connections', () => {
    const found = async (query: string): Promise<string[]> => {
      const answer = await mooring.get(`/admin/connections?${query}`);
      expect(answer.status).toBe(200);
      return (member(answer.body, 'data') as { id: string }[]).map(({ id }) => id);
    };

    it('are found by what an operator knows of them', async () => {
      const externalUserId = `ext-${randomUUID()}`;
      const userId = await mooring.user(externalUserId);
      const id = await mooring.active({ userId, reference: 'loan-77' });
      const bankId = { institutionId: 'se-demobank-open-banking-bankid', fields: {} };
      const other = await mooring.connected({ userId, ...bankId });
      await mooring.until(other, 'awaiting_user');
      for (const query of [`q=${id}`, 'reference=loan-77']) expect(await found(query)).toEqual([id]);
      for (const query of [`userId=${userId}`, `externalUserId=${externalUserId}`]) {
        expect(await found(query)).toEqual([other, id]);
      }
      const exact = `userId=${userId}&provider=tink&institutionId=se-demobank-password&state=active&cause=none`;
      expect(await found(`${exact}&needsAction=false&paused=false`)).toEqual([id]);
      expect(await found(`${exact}&needsAction=true`)).toEqual([]);
      expect(await found(`userId=${userId}&needsAction=true`)).toEqual([other]);
      await mooring.post(`/admin/connections/${id}/pause`);
      expect(await found(`userId=${userId}&paused=true`)).toEqual([id]);
      await mooring.sql('UPDATE connections SET data_as_of = $2 WHERE id = $1', [
        id,
        new Date(mooring.clock.now().getTime() - 2 * DAY_MS),
      ]);
      expect(await found(`userId=${userId}&stale=true`)).toEqual([id]);
      const first = await mooring.get(`/admin/connections?userId=${userId}&limit=1`);
      expect(await found(`userId=${userId}&limit=1&cursor=${textAt(first.body, 'nextCursor')}`)).toEqual([id]);
    });

    it('wait for the user when a consent has ended, in the search and in the list alike', async () => {
      const userId = await mooring.user();
      const id = await mooring.active({ userId });
      const ended = new Date(mooring.clock.now().getTime() - 1);
      await mooring.sql('UPDATE connections SET consent_expires_at = $2, consent_renewable_from = NULL WHERE id = $1', [
        id,
        ended,
      ]);
      for (const [needsAction, expected] of [
        ['true', [id]],
        ['false', []],
      ] as const) {
        const query = `userId=${userId}&needsAction=${needsAction}`;
        expect(await found(query)).toEqual(expected);
        const { body } = await mooring.get(`/v1/connections?${query}`);
        expect((member(body, 'data') as { id: string }[]).map((each) => each.id)).toEqual(expected);
      }
    });

    it.each(['state=no', 'cause=no', 'q=1', 'paused=maybe', 'userId=1', 'unknown=1', 'provider=A'])(
      'are not searched with %s',
      async (query) => {
        expect(await mooring.get(`/admin/connections?${query}`)).toMatchObject({
          status: 400,
          body: { code: 'request.invalid' },
        });
      },
    );

    it('are refreshed without the user, paused and resumed, and the dossier tells', async () => {
      const id = await mooring.active();
      expect((await mooring.post(`/admin/connections/${id}/refresh`)).status).toBe(202);
      const dossier = (await mooring.get(`/admin/connections/${id}`)).body;
      expect(member(dossier, 'attempts')).toMatchObject([
        { attended: false, trigger: 'admin', outcome: 'accepted', spent: true },
      ]);
      expect(member(dossier, 'plan')).toMatchObject({ leaseUntil: null, consecutiveFailures: 0 });
      const events = member(dossier, 'events') as { trigger: string; actor: string }[];
      expect(events.at(-1)).toMatchObject({ trigger: 'admin', actor: expect.stringMatching(/^client:/) as string });
      expect(await lastAudit()).toMatchObject({ action: 'connection.refresh_ordered', subject: `connection:${id}` });
      for (const [order, paused] of [
        ['pause', true],
        ['resume', false],
      ] as const) {
        expect(await mooring.post(`/admin/connections/${id}/${order}`)).toMatchObject({
          status: 200,
          body: { paused },
        });
      }
      expect(await mooring.get(`/admin/connections/${randomUUID()}`)).toMatchObject({ status: 404 });
    });

    it('show no question of the bank', async () => {
      const id = await mooring.connected({ institutionId: 'se-demobank-open-banking-bankid', fields: {} });
      await mooring.until(id, 'awaiting_user');
      const shown = (await mooring.get(`/admin/connections/${id}`)).body;
      expect(Object.keys(member(shown, 'nextAction') as object).sort()).toEqual(['by', 'kind', 'message']);
    });

    it('are purged when the provider does not answer, and its failure is kept', async () => {
      const id = await mooring.active();
      expect(await mooring.post(`/admin/connections/${id}/purge`, { confirm: randomUUID() })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/confirm' }] },
      });
      expect((await mooring.read(id)).status).toBe(200);
      mooring.tink.addFault({
        method: 'DELETE',
        path: '/credentials/',
        times: 10,
        action: { kind: 'respond', status: 500 },
      });

      const purged = await mooring.post(`/admin/connections/${id}/purge`, { confirm: id });

      expect(purged).toMatchObject({ status: 200, body: { upstream: 'failed:provider.unavailable' } });
      expect((await mooring.read(id)).status).toBe(404);
      expect(await lastAudit()).toMatchObject({
        action: 'connection.purged',
        detail: { upstream: 'failed:provider.unavailable' },
      });
      const [last] = await mooring.sql<{ to_state: string; trigger: string; evidence: { note: string } }>(
        'SELECT to_state, trigger, evidence FROM connection_events WHERE connection_id = $1 ORDER BY seq DESC LIMIT 1',
        [id],
      );
      expect(last).toMatchObject({ to_state: 'deleted', trigger: 'admin' });
      expect(last?.evidence.note).toContain('provider.unavailable');
      expect(await mooring.post(`/admin/connections/${id}/purge`, { confirm: id })).toMatchObject({ status: 200 });
    });
  });

  describe('webhook endpoints', () => {
    const OWN = '/v1/webhook-endpoints';
    const ADMIN = '/admin/webhook-endpoints';

    const client = async () => {
      const { body } = await mooring.post('/admin/clients', { name: 'hooked', scopes: ['webhooks:manage'] });
      return { id: textAt(body, 'id'), key: textAt(body, 'key') };
    };
    const endpointOf = async (key: string, url = 'http://127.0.0.1:9/hook/of-mine?token=hush') =>
      textAt((await mooring.call('POST', OWN, { key, body: { url } })).body, 'id');
    const found = async (query: string): Promise<string[]> => {
      const answer = await mooring.get(`${ADMIN}?${query}`);
      expect(answer.status).toBe(200);
      return (member(answer.body, 'data') as { id: string }[]).map(({ id }) => id);
    };

    it('of everybody are found, page by page, without secrets and with the origin of their address only', async () => {
      const { id: clientId, key: own } = await client();
      const { key: other } = await client();
      const [first, second, foreign] = [await endpointOf(own), await endpointOf(own), await endpointOf(other)];
      await mooring.sql(`UPDATE webhook_endpoints SET owner = 'oidc:service-7', client_id = NULL WHERE id = $1`, [
        foreign,
      ]);
      expect(await found(`clientId=${clientId}`)).toEqual([second, first]);
      expect(await found(`owner=client:${clientId}`)).toEqual([second, first]);
      expect(await found('owner=oidc:service-7')).toEqual([foreign]);
      const page = await mooring.get(`${ADMIN}?clientId=${clientId}&limit=1`);
      const next = textAt(page.body, 'nextCursor');
      expect(await found(`clientId=${clientId}&limit=1&cursor=${next}`)).toEqual([first]);
      await mooring.call('PATCH', `${OWN}/${first}`, { key: own, body: { enabled: false } });
      expect(await found(`clientId=${clientId}&status=disabled`)).toEqual([first]);
      expect(await found(`clientId=${clientId}&status=enabled`)).toEqual([second]);

      const { body, bytes } = await mooring.get(`${ADMIN}?owner=oidc:service-7`);
      expect(member(body, 'data')).toEqual([
        {
          ...{ id: foreign, owner: 'oidc:service-7', clientId: null, origin: 'http://127.0.0.1:9', events: [] },
          ...{ userId: null, description: null, enabled: true, disabledReason: null, disabledAt: null },
          ...{ failingSince: null, createdAt: expect.any(String) as string, updatedAt: expect.any(String) as string },
        },
      ]);
      for (const hidden of ['hush', 'of-mine', 'whsec']) expect(bytes.toString()).not.toContain(hidden);
    });

    it('are switched off against their owner, and on again, once each in the audit log', async () => {
      const { id: clientId, key } = await client();
      const id = await endpointOf(key);
      const entries = async () =>
        (member((await mooring.get('/admin/audit?limit=50')).body, 'data') as { subject: string; action: string }[])
          .filter(({ subject, action }) => subject === `webhook_endpoint:${id}` && action.endsWith('abled'))
          .map((entry) => ({ action: entry.action, detail: member(entry, 'detail') }));

      for (const _time of [1, 2]) {
        const off = await mooring.post(`${ADMIN}/${id}/disable`);
        expect(off).toMatchObject({ status: 200, body: { id, enabled: false, disabledReason: 'operator' } });
      }
      const tried = await mooring.call('PATCH', `${OWN}/${id}`, { key, body: { enabled: true } });
      expect(tried).toMatchObject({ status: 409, body: { code: 'webhook_endpoint.disabled_by_operator' } });
      const tested = await mooring.call('POST', `${OWN}/${id}/test`, { key });
      expect(tested).toMatchObject({ status: 409, body: { code: 'webhook_endpoint.disabled_by_operator' } });
      for (const _time of [1, 2]) {
        const on = await mooring.post(`${ADMIN}/${id}/enable`);
        expect(on).toMatchObject({ status: 200, body: { enabled: true, disabledReason: null, disabledAt: null } });
      }
      const owner = `client:${clientId}`;
      expect(await entries()).toEqual([
        { action: 'webhook_endpoint.enabled', detail: { owner, was: 'operator' } },
        { action: 'webhook_endpoint.disabled', detail: { owner, was: 'enabled' } },
      ]);
    });

    it('that their owner switched off stay so', async () => {
      const { key } = await client();
      const id = await endpointOf(key);
      await mooring.call('PATCH', `${OWN}/${id}`, { key, body: { enabled: false } });
      expect(await mooring.post(`${ADMIN}/${id}/enable`)).toMatchObject({
        status: 409,
        body: { code: 'webhook_endpoint.not_disabled_by_operator' },
      });
      for (const order of ['disable', 'enable']) {
        expect(await mooring.post(`${ADMIN}/${randomUUID()}/${order}`)).toMatchObject({
          status: 404,
          body: { code: 'webhook_endpoint.not_found' },
        });
      }
    });

    it.each(['status=gone', 'clientId=1', 'owner=', 'unknown=1', 'cursor=x'])(
      'are not searched with %s',
      async (query) => {
        expect((await mooring.get(`${ADMIN}?${query}`)).status).toBe(400);
      },
    );
  });

  it('are not there for others', async () => {
    const { body } = await mooring.post('/admin/clients', { name: 'reader', scopes: ['credentials:read'] });
    const reader = textAt(body, 'key');
    for (const path of [
      '/admin/overview',
      '/admin/providers',
      '/admin/connections',
      '/admin/keys',
      '/admin/webhook-endpoints',
    ]) {
      expect((await mooring.call('GET', path, { key: reader })).status).toBe(403);
    }
  });

  it('rotate the keys of a running installation, and the old key can go', async () => {
    const id = await mooring.active();
    const next = await mooring.alongside({ MOORING_ENCRYPTION_KEYS: `${NEW},${OLD}` });
    const asked = await next.post('/admin/keys/rotate');
    expect(asked).toMatchObject({ status: 202, body: { rotation: { state: 'running', keyId: 'next' } } });
    expect(member(asked.body, 'data')).toMatchObject([
      { id: 'next', current: true, inUse: true },
      { id: 'test', current: false, inUse: true },
    ]);
    await expect(mooring.alongside({ MOORING_ENCRYPTION_KEYS: NEW })).rejects.toThrow('still in use: test');

    expect(await next.inside(JobWorkers as never as new () => JobWorkers).workOff()).toMatchObject({ failed: 0 });

    const { body } = await next.get('/admin/keys');
    expect(member(body, 'rotation')).toMatchObject({ state: 'finished', unreadable: 0 });
    const [current, old] = member(body, 'data') as { values: number }[];
    expect([current?.values === 0, old]).toEqual([false, expect.objectContaining({ inUse: false, values: 0 })]);
    const alone = await mooring.alongside({ MOORING_ENCRYPTION_KEYS: NEW });
    expect((await alone.post(`/v1/connections/${id}/refresh`, {})).status).toBe(202);
    await Promise.all([alone.stop(), next.stop()]);
  });
});
