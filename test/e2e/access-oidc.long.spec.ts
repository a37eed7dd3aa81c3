import { SCOPES } from '../../src/access/scope.js';
import { FakeIssuer } from '../integration/access-oidc-issuer.js';
import { member, textAt } from '../../src/sandbox/rest-client.js';
import { SandboxApp } from '../factories/sandbox-app.factory.js';

describe('a caller with a token of an OIDC issuer', () => {
  let issuer: FakeIssuer;
  let mooring: SandboxApp;

  beforeAll(async () => {
    issuer = await FakeIssuer.start();
    mooring = await SandboxApp.start({ env: { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'mooring' } });
  });

  afterAll(async () => {
    await mooring.close();
    await issuer.close();
  });

  const seconds = () => mooring.clock.now().getTime() / 1000;
  const token = async (scope: string, claims = {}) => issuer.token({ scope, ...claims }, seconds());
  const statusOf = async (method: string, path: string, key: string, body?: unknown) =>
    (await mooring.call(method, path, { key, ...(body === undefined ? {} : { body }) })).status;

  // First: nothing is cached yet.
  it('hears 503 while the issuer is down, and keys go on working', async () => {
    issuer.status = 503;
    const answer = await mooring.call('GET', '/v1/users', { key: await token('users:read') });
    expect([answer.status, member(answer.body, 'code')]).toEqual([503, 'service.unavailable']);
    expect(await statusOf('GET', '/v1/users', mooring.key)).toBe(200);
    expect(await statusOf('GET', '/v1/users', await token('users:read', { iss: 'https://other.example' }))).toBe(401);
    issuer.status = 200;
  });

  it('may do what the scopes say, and admin only when they say so', async () => {
    const everythingElse = await token(SCOPES.filter((scope) => scope !== 'admin').join(' '));
    expect(await statusOf('GET', '/v1/users', everythingElse)).toBe(200);
    expect(await statusOf('GET', '/admin/audit', everythingElse)).toBe(403);
    expect(await statusOf('GET', '/admin/audit', await token('admin'))).toBe(200);
    expect(await statusOf('GET', '/v1/users', await token('admin'))).toBe(403);
  });

  it('stands in the audit log by the subject', async () => {
    const key = await token('admin', { sub: 'ops@example.com' });
    await mooring.call('POST', '/admin/clients', { key, body: { name: 'made by oidc', scopes: ['users:read'] } });
    const { body } = await mooring.get('/admin/audit?limit=1');
    expect(member(body, 'data')).toMatchObject([{ actor: 'oidc:ops@example.com', action: 'client.created' }]);
  });

  it('makes user tokens that end no later than its own', async () => {
    const userId = await mooring.user();
    const key = await token('users:write credentials:read');
    const minted = await mooring.call('POST', `/v1/users/${userId}/tokens`, {
      key,
      body: { scope: ['credentials:read'], ttl: 3600 },
    });
    expect(textAt(minted.body, 'expiresAt')).toBe(new Date((seconds() + 300) * 1000).toISOString());
    expect(await statusOf('GET', '/v1/connections', textAt(minted.body, 'token'))).toBe(200);
  });

  it('is in the OpenAPI document', async () => {
    const { body } = await mooring.get('/openapi.json');
    expect(member(body, 'components', 'securitySchemes', 'oidc')).toEqual({
      type: 'openIdConnect',
      openIdConnectUrl: `${issuer.url}/.well-known/openid-configuration`,
    });
  });
});
