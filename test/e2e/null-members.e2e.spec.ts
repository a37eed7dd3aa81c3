import { member, textAt } from '../../src/sandbox/rest-client.js';
import { ThreeProviders } from '../factories/three-providers.factory.js';

describe('null in an optional member of a body', () => {
  let world: ThreeProviders;
  let userId: string;

  beforeAll(async () => {
    world = await ThreeProviders.start({ MOORING_WEBHOOK_ALLOW_PRIVATE: 'true' });
  }, 60_000);

  beforeEach(async () => {
    await world.forget();
    userId = await world.mooring.user();
  });

  afterAll(() => world.close());

  it.each([{ ids: null }, { limit: null }, { queue: null }, { queue: null, ids: null, limit: null }])(
    'of a redrive is no member: %j',
    async (body) => {
      const { status, body: answer } = await world.mooring.post('/admin/jobs/dead/redrive', body);

      expect([status, answer]).toEqual([200, { moved: 0 }]);
    },
  );

  it('of a replay is no end: what came until now is sent again', async () => {
    const { mooring } = world;
    const from = mooring.clock.now().toISOString();
    await mooring.active({ userId });
    mooring.advance(1000);
    // It has had nothing of what was before it.
    const endpoint = await mooring.post('/v1/webhook-endpoints', { url: 'http://127.0.0.1:9/hooks' });

    const again = await mooring.post(`/v1/webhook-endpoints/${textAt(endpoint.body, 'id')}/replay`, { from, to: null });

    expect(again.status).toBe(202);
    expect(member(again.body, 'replayed')).toBeGreaterThan(0);
  });

  it.each(['flanks', 'tink', 'flinks'])(
    'of a visit at %s is no member, and its address does not say so either',
    async (provider) => {
      const nothing = { institutionId: null, connectionId: null, locale: null, reference: null };
      const answer = await world.mooring.post('/v1/link-sessions', {
        ...{ userId, provider, purpose: 'connect', redirectUrl: 'https://app.example/banks' },
        ...nothing,
      });

      expect(answer.status).toBe(201);
      expect(answer.body).toMatchObject({ institutionId: null, connectionId: null });
      expect([...new URL(textAt(answer.body, 'url')).searchParams.values()]).not.toContain('null');
    },
  );

  it('of a connection is no member, at its creation and after', async () => {
    const { mooring } = world;
    const created = await mooring.post('/v1/connections', {
      ...{ userId, provider: 'tink', institutionId: 'se-demobank-password', reference: null, redirectUrl: null },
      fields: { username: 'u10000001', password: 'abc123' },
    });
    expect(created.status).toBe(201);
    const id = textAt(created.body, 'id');
    await mooring.until(id, 'active');
    const refreshed = await mooring.post(`/v1/connections/${id}/refresh`, {
      ...{ userPresent: null, items: null, redirectUrl: null },
    });
    expect(refreshed.status).toBe(202);
  });

  it('of a renewal is no member', async () => {
    const { mooring } = world;
    const id = await mooring.connected({ userId, institutionId: 'se-demobank-open-banking-embedded' });
    // Nobody answers the bank.
    await mooring.until(id, 'awaiting_user');
    mooring.advance(600_000);
    await mooring.until(id, 'reauth_required');

    const renewed = await mooring.post(`/v1/connections/${id}/authenticate`, { redirectUrl: null });

    expect(renewed.status).toBe(202);
    expect(renewed.body).toMatchObject({ id });
  });

  it('of a user, a token and a registration is no member', async () => {
    const { mooring } = world;
    const nobody = { externalUserId: 'cust-of-nulls', market: null, locale: null };
    const created = await mooring.post('/v1/users', nobody);
    expect([created.status, created.body]).toMatchObject([201, { market: null, locale: null }]);
    const token = { scope: ['credentials:read'], ttl: null };
    expect((await mooring.post(`/v1/users/${userId}/tokens`, token)).status).toBe(200);
    expect((await mooring.post('/admin/providers/tink/webhooks', { url: null })).status).toBe(201);
  });

  it('of a webhook endpoint is what its schema says: of all, none, or refused', async () => {
    const { mooring } = world;
    const wishes = { url: 'http://127.0.0.1:9/hooks', userId, description: 'ours' };
    const path = `/v1/webhook-endpoints/${textAt((await mooring.post('/v1/webhook-endpoints', wishes)).body, 'id')}`;

    const cleared = await mooring.call('PATCH', path, { body: { userId: null, description: null } });
    expect([cleared.status, cleared.body]).toMatchObject([200, { userId: null, description: null }]);
    for (const name of ['url', 'events', 'enabled']) {
      expect((await mooring.call('PATCH', path, { body: { [name]: null } })).status).toBe(400);
    }
  });
});
