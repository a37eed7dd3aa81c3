import { startApp, type RunningApp } from '../factories/app.factory.js';
import { UNKNOWN_ID } from './access-routes.js';

const ADMIN_KEY = 'e2e-bootstrap-key-0123456789abcdef0123456789';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

describe('/admin/clients', () => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await startApp({ env: { MOORING_BOOTSTRAP_KEY: ADMIN_KEY } });
  }, 60_000);

  afterAll(() => running.close());

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${running.baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, ...type, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, headers: response.headers, body: parsed };
  }

  const create = (name: string, scopes: unknown = ['users:read']) => call('POST', '/admin/clients', { name, scopes });

  it('creates a client, whose key is shown once and works', async () => {
    const created = await create('loan-office');
    expect(created.status).toBe(201);
    expect(created.headers.get('cache-control')).toBe('no-store');
    expect(Object.keys(created.body).sort()).toEqual(['createdAt', 'id', 'key', 'name', 'scopes']);
    const { id, key } = created.body as { id: string; key: string };
    expect(key).toMatch(/^mk_[0-9a-f]{16}_[\w-]{43}$/);
    expect(created.headers.get('location')).toBe(`/admin/clients/${id}`);
    expect((await call('GET', '/v1/users', undefined, { authorization: `Bearer ${key}` })).status).toBe(200);

    const read = await call('GET', `/admin/clients/${id}`);
    expect(read.body).toEqual({
      id,
      name: 'loan-office',
      scopes: ['users:read'],
      createdAt: created.body['createdAt'],
      revokedAt: null,
    });
  });

  it('answers 304 to who has read it before', async () => {
    const { body } = await create('cached');
    const path = `/admin/clients/${String(body['id'])}`;
    const etag = (await call('GET', path)).headers.get('etag') ?? '';
    expect((await call('GET', path, undefined, { 'if-none-match': etag })).status).toBe(304);
    await call('DELETE', path);
    const changed = await call('GET', path, undefined, { 'if-none-match': etag });
    expect(changed.status).toBe(200);
    expect(changed.body['revokedAt']).toEqual(expect.any(String));
  });

  it('revokes at once, and again without complaint', async () => {
    const { body } = await create('short-lived');
    const { id, key } = body as { id: string; key: string };
    const use = () => call('GET', '/v1/users', undefined, { authorization: `Bearer ${key}` });
    expect((await use()).status).toBe(200);
    expect((await call('DELETE', `/admin/clients/${id}`)).status).toBe(204);
    expect((await use()).body).toMatchObject({ status: 401, code: 'access.unauthenticated' });
    expect((await call('DELETE', `/admin/clients/${id}`)).status).toBe(204);
  });

  it('lists in pages', async () => {
    for (const name of ['p1', 'p2', 'p3']) await create(name);
    const first = await call('GET', '/admin/clients?limit=2');
    expect(first.body['data']).toMatchObject([{ name: 'p3' }, { name: 'p2' }]);
    const next = await call('GET', `/admin/clients?limit=1&cursor=${String(first.body['nextCursor'])}`);
    expect(next.body['data']).toMatchObject([{ name: 'p1' }]);
    expect(JSON.stringify([first.body, next.body])).not.toContain('mk_');
  });

  it.each([
    ['no body', undefined, ['']],
    ['an unknown scope', { name: 'x', scopes: ['users:read', 'everything'] }, ['/scopes']],
    ['a scope twice', { name: 'x', scopes: ['users:read', 'users:read'] }, ['/scopes']],
    ['no scope', { name: 'x', scopes: [] }, ['/scopes']],
    ['scopes of another type', { name: 'x', scopes: 'users:read' }, ['/scopes']],
    ['an empty name', { name: '', scopes: ['users:read'] }, ['/name']],
    ['a blank name', { name: '  ', scopes: ['users:read'] }, ['/name']],
    ['a name with a zero byte', { name: 'a\u0000b', scopes: ['users:read'] }, ['/name']],
    ['a long name', { name: 'x'.repeat(101), scopes: ['users:read'] }, ['/name']],
    ['a key of his own', { name: 'x', scopes: ['users:read'], key: 'mk_x_y' }, ['/key']],
  ])('refuses %s', async (_case, body, pointers) => {
    const before = await call('GET', '/admin/clients?limit=1');
    const { status, body: problem } = await call('POST', '/admin/clients', body);
    expect([status, problem['code']]).toEqual([400, 'request.invalid']);
    const found = (problem['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
    for (const pointer of pointers) expect(found.some((one) => one.startsWith(pointer))).toBe(true);
    expect((await call('GET', '/admin/clients?limit=1')).body).toEqual(before.body);
  });

  it.each([
    ['GET', `/admin/clients/${UNKNOWN_ID}`, 404, 'client.not_found'],
    ['DELETE', `/admin/clients/${UNKNOWN_ID}`, 404, 'client.not_found'],
    ['GET', '/admin/clients/not-an-id', 400, 'request.invalid'],
    ['DELETE', '/admin/clients/not-an-id', 400, 'request.invalid'],
    ['GET', '/admin/clients?limit=201', 400, 'request.invalid'],
    ['GET', '/admin/clients?limit=0', 400, 'request.invalid'],
    ['GET', '/admin/clients?cursor=bm9uc2Vuc2U', 400, 'request.invalid_cursor'],
    ['GET', '/admin/audit?cursor=bm9uc2Vuc2U', 400, 'request.invalid_cursor'],
  ])('answers %s %s with %i %s', async (method, path, status, code) => {
    expect((await call(method, path)).body).toMatchObject({ status, code });
  });

  it('writes down who created and revoked what, under the request id', async () => {
    const { body } = await create('audited', ['users:read', 'users:write']);
    const subject = `client:${String(body['id'])}`;
    const revoked = await call('DELETE', `/admin/clients/${String(body['id'])}`);
    const { data } = (await call('GET', '/admin/audit?limit=2')).body;
    const actor = 'client:00000000-0000-7000-8000-000000000001';
    expect(data).toMatchObject([
      { actor, action: 'client.revoked', subject, requestId: revoked.headers.get('x-request-id') },
      { actor, action: 'client.created', subject, detail: { name: 'audited', scopes: ['users:read', 'users:write'] } },
    ]);
    expect(JSON.stringify(data)).not.toContain('mk_');
  });
});
