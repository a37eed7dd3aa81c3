import { textAt } from '../../src/sandbox/rest-client.js';
import { SandboxApp } from '../factories/sandbox-app.factory.js';

/** One resource answers an entity tag. Lists, pictures, documents and explanations need not. */
const NOT_ONE_RESOURCE = [
  '/link/{provider}/callback',
  '/v1/connections/{id}/statements/{statementId}',
  ...['accounts', 'events', 'explain', 'holdings', 'qr', 'statements', 'transactions'].map(
    (part) => `/v1/connections/{id}/${part}`,
  ),
  ...['/v1/providers/{provider}/institutions', '/admin/providers/{provider}/webhooks'],
];

describe('the answer about one resource', () => {
  let app: SandboxApp;
  const known: Record<string, string> = {};

  beforeAll(async () => {
    app = await SandboxApp.start({ frozen: false, env: { MOORING_WEBHOOK_ALLOW_PRIVATE: 'true' } });
    const userId = await app.user();
    const endpoint = await app.post('/v1/webhook-endpoints', { url: 'http://127.0.0.1:9/' });
    const client = await app.post('/admin/clients', { name: 'tagged', scopes: ['users:read'] });
    const gone = await app.connected({ userId });
    const { headers } = await app.call('DELETE', `/v1/connections/${gone}`);
    const visit = await app.post('/v1/link-sessions', {
      ...{ userId, provider: 'tink', purpose: 'connect', redirectUrl: 'https://app.example.com/' },
    });
    const connection = await app.active({ userId });
    const deliveries = (await app.get('/v1/webhook-deliveries')).body;
    Object.assign(known, {
      '/admin/clients/{id}': textAt(client.body, 'id'),
      '/admin/connections/{id}': connection,
      '/v1/connections/{id}': connection,
      '/v1/deletions/{id}': headers.get('location')?.split('/').at(-1),
      '/v1/link-sessions/{id}': textAt(visit.body, 'id'),
      '/v1/users/{id}': userId,
      '/v1/webhook-deliveries/{id}': textAt(deliveries, 'data', 0, 'id'),
      '/v1/webhook-endpoints/{id}': textAt(endpoint.body, 'id'),
    });
  });

  afterAll(async () => {
    await app.close();
  });

  it('has an entity tag and honours it, wherever the document has one', async () => {
    const { paths } = (await app.get('/openapi.json')).body as { paths: Record<string, object> };
    const one = Object.keys(paths).filter((path) => path.includes('{') && 'get' in (paths[path] ?? {}));
    expect(one.filter((path) => !NOT_ONE_RESOURCE.includes(path)).sort()).toEqual(Object.keys(known).sort());
    for (const [template, id] of Object.entries(known)) {
      const path = template.replace('{id}', id);
      const first = await app.get(path);
      const etag = first.headers.get('etag') ?? '';
      expect([path, first.status, etag]).toEqual([path, 200, expect.stringMatching(/^"[\w-]+"$/)]);
      expect([path, (await app.get(path, { 'if-none-match': etag })).status]).toEqual([path, 304]);
      expect([path, (await app.get(path, { 'if-none-match': '"other"' })).status]).toEqual([path, 200]);
    }
  });
});
