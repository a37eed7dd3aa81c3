import { member, textAt } from '../../src/sandbox/rest-client.js';
import { SandboxApp } from '../factories/sandbox-app.factory.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
const BANKID = { institutionId: 'se-demobank-open-banking-bankid', fields: {} };
const EMBEDDED = { institutionId: 'se-demobank-open-banking-embedded' };

describe("the functions of Tink's client, through the REST API", () => {
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

  /** The newest call of this kind that reached the provider. */
  const reached = (method: string, path: RegExp) =>
    mooring.tink.calls().findLast((each) => each.method === method && path.test(each.path));

  describe('Tink.Credentials', () => {
    it('list', async () => {
      const userId = await mooring.user();
      const ids = [
        await mooring.active({ userId }),
        await mooring.active({ userId, fields: { username: 'u10000002', password: 'abc123' } }),
      ];

      const { status, body } = await mooring.get(`/v1/connections?userId=${userId}`);

      expect(status).toBe(200);
      expect((member(body, 'data') as { id: string }[]).map(({ id }) => id)).toEqual([...ids].reverse());
      expect(member(body, 'nextCursor')).toBeNull();
    });

    it('get', async () => {
      const id = await mooring.connected();

      mooring.advance(1000);
      const { status, body } = await mooring.read(id);

      expect(status).toBe(200);
      expect(body).toMatchObject({ id, provider: 'tink', state: { providerStatus: 'AUTHENTICATING' } });
      expect(reached('GET', /^\/api\/v1\/credentials\/[^/]+$/)?.status).toBe(200);
    });

    it('create', async () => {
      const userId = await mooring.user();

      const created = await mooring.connect({ userId, reference: 'loan-7781' });

      expect(created.status).toBe(201);
      expect(created.headers.get('location')).toBe(`/v1/connections/${textAt(created.body, 'id')}`);
      expect(created.body).toMatchObject({
        userId,
        reference: 'loan-7781',
        institutionId: 'se-demobank-password',
        state: { value: 'pending', cause: 'first_load', providerStatus: 'CREATED' },
        nextAction: { kind: 'wait', by: 'provider' },
      });
      expect(mooring.credentialOf(userId).providerName).toBe('se-demobank-password');
    });

    it('delete', async () => {
      const userId = await mooring.user();
      const id = await mooring.active({ userId });

      const { status, bytes } = await mooring.call('DELETE', `/v1/connections/${id}`);

      expect([status, bytes.length]).toEqual([204, 0]);
      expect(mooring.credentialsOf(userId)).toEqual([]);
      expect((await mooring.read(id)).status).toBe(404);
    });

    it('refresh', async () => {
      const id = await mooring.active();

      const { status, body } = await mooring.post(`/v1/connections/${id}/refresh`, {});

      expect(status).toBe(202);
      expect(body).toMatchObject({ id, state: { value: 'authenticating', providerStatus: 'ACCEPTED' } });
      expect(reached('POST', /\/refresh$/)?.status).toBe(204);
      await mooring.until(id, 'active');
    });

    it('authenticate', async () => {
      const userId = await mooring.user();
      const id = await mooring.connected({ ...EMBEDDED, userId });
      await mooring.until(id, 'awaiting_user');
      await answerCode(id, userId);
      await mooring.until(id, 'active');

      const { status, body } = await mooring.post(`/v1/connections/${id}/authenticate`, {});

      expect(status).toBe(202);
      expect(body).toMatchObject({ id, nextAction: { kind: 'wait' } });
      expect(reached('POST', /\/authenticate$/)?.status).toBe(204);
      await mooring.until(id, 'awaiting_user');
    });

    it('get_qr', async () => {
      const id = await mooring.connected(BANKID);
      await mooring.until(id, 'awaiting_user');

      const { status, headers, bytes } = await mooring.get(`/v1/connections/${id}/qr`);

      expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
        200,
        'image/png',
        'no-store',
      ]);
      expect(bytes.subarray(0, 4)).toEqual(PNG);
    });

    it('submit_supplemental_info', async () => {
      const userId = await mooring.user();
      const id = await mooring.connected({ ...EMBEDDED, userId });
      await mooring.until(id, 'awaiting_user');

      const { status, body } = await answerCode(id, userId);

      expect(status).toBe(202);
      expect(body).toMatchObject({ id, state: { value: 'authenticating' } });
      expect(reached('POST', /\/supplemental-information$/)?.status).toBe(204);
      await mooring.until(id, 'active');
    });
  });

  describe('Tink.Users', () => {
    it('create_user', async () => {
      const created = await mooring.post('/v1/users', { externalUserId: 'cust-create', market: 'SE', locale: 'sv_SE' });
      const id = textAt(created.body, 'id');

      expect(created.status).toBe(201);
      expect(created.headers.get('location')).toBe(`/v1/users/${id}`);
      expect(created.body).toMatchObject({ externalUserId: 'cust-create', market: 'SE', locale: 'sv_SE' });
      await mooring.connected({ userId: id });
      expect(mooring.tink.state().users).toContainEqual(expect.objectContaining({ externalUserId: id, market: 'SE' }));
    });

    it('delete_user', async () => {
      const userId = await mooring.user();
      await mooring.active({ userId });

      const { status, bytes } = await mooring.call('DELETE', `/v1/users/${userId}`);

      expect([status, bytes.length]).toEqual([204, 0]);
      expect(mooring.tink.state().users.map(({ externalUserId }) => externalUserId)).not.toContain(userId);
      expect((await mooring.get(`/v1/users/${userId}`)).status).toBe(404);
    });

    it('create_authorization', async () => {
      const userId = await mooring.user();

      const { status, body, headers } = await grant(userId);

      expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(Object.keys(body as object)).toEqual(['code']);
      expect(reached('POST', /\/authorization-grant$/)?.status).toBe(200);
    });

    it('get_user_access_token', async () => {
      const code = textAt((await grant(await mooring.user())).body, 'code');

      const { status, body, headers } = await mooring.post('/v1/users/access-tokens', { provider: 'tink', code });

      expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(body).toEqual({
        accessToken: expect.any(String) as string,
        expiresIn: 7200,
        scope: ['accounts:read', 'transactions:read'],
      });
      const accounts = await fetch(`${mooring.tinkUrl}/data/v2/accounts`, {
        headers: { authorization: `Bearer ${textAt(body, 'accessToken')}` },
      });
      expect(accounts.status).toBe(200);
    });
  });

  async function grant(userId: string) {
    return mooring.post(`/v1/users/${userId}/authorization-grants`, {
      provider: 'tink',
      scope: ['accounts:read', 'transactions:read'],
    });
  }

  async function answerCode(id: string, userId: string) {
    const fields = mooring.credentialOf(userId).expectedAnswer ?? {};
    return mooring.post(`/v1/connections/${id}/supplemental-information`, { fields });
  }
});
