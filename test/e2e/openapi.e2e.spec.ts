import { startApp, type RunningApp } from '../factories/app.factory.js';

interface Media {
  readonly schema?: unknown;
  readonly example?: unknown;
  readonly examples?: Record<string, { value: { code: string; status: number } }>;
}

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags?: string[];
  readonly security?: unknown[];
  readonly parameters?: { name: string; in: string; required: boolean; schema?: { type?: string; format?: string } }[];
  readonly requestBody?: { content: Record<string, Media> };
  readonly responses: Record<string, { description: string; content?: Record<string, Media> }>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

const PROBLEM = 'application/problem+json';
/** A repeat gets a grant or a token of its own. */
const NEVER_KEPT = [
  'post /v1/users/{id}/authorization-grants',
  'post /v1/users/access-tokens',
  'post /v1/users/{id}/tokens',
];
const PUBLIC = ['/healthz', '/readyz', '/metrics', '/link/{provider}/callback', '/webhooks/{provider}'];

describe('the OpenAPI document', () => {
  let app: RunningApp;
  let document: Document;
  let operations: [string, Operation][] = [];

  beforeAll(async () => {
    app = await startApp({ env: { TINK_CLIENT_ID: 'id', TINK_CLIENT_SECRET: 'secret' } });
    document = (await (await fetch(`${app.baseUrl}/openapi.json`)).json()) as Document;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
    );
  });

  afterAll(async () => {
    await app.close();
  });

  it('is 3.1 and names every route that Nest serves', () => {
    expect(document.openapi).toBe('3.1.0');
    const routes = operations.map(([name]) => name);
    for (const route of [
      'post /v1/users',
      'post /v1/users/{id}/authorization-grants',
      'post /v1/users/access-tokens',
      'delete /v1/users/{id}',
      'post /v1/connections',
      'get /v1/connections/{id}',
      'put /v1/connections/{id}/login',
      'post /v1/connections/{id}/refresh',
      'post /v1/connections/{id}/authenticate',
      'post /v1/connections/{id}/supplemental-information',
      'get /v1/connections/{id}/qr',
      'get /v1/connections/{id}/events',
      'get /v1/connections/{id}/explain',
      'post /v1/link-sessions',
      'get /v1/providers/{provider}/institutions',
      'post /admin/clients',
    ]) {
      expect(routes).toContain(route);
    }
    expect(new Set(operations.map(([, { operationId }]) => operationId)).size).toBe(operations.length);
  });

  it('says of every operation what it does and how it fails, with an example of each problem', () => {
    for (const [name, { summary, tags, responses }] of operations) {
      expect([name, summary?.length ?? 0, tags?.length ?? 0]).not.toContain(0);
      const problems = Object.entries(responses).filter(([, { content }]) => content?.[PROBLEM]);
      expect([name, problems.map(([status]) => status)]).toEqual([name, expect.arrayContaining(['500', '503'])]);
      for (const [status, { content }] of problems) {
        const { example, examples } = content?.[PROBLEM] ?? {};
        const shown = examples ? Object.values(examples).map(({ value }) => value) : [example as { status: number }];
        expect(shown.length).toBeGreaterThan(0);
        for (const problem of shown) expect([name, String(problem.status)]).toEqual([name, status]);
      }
    }
  });

  it('asks for a key everywhere but on the public routes, and says so', () => {
    for (const [name, { security, responses }] of operations) {
      const open = PUBLIC.includes(name.split(' ')[1] ?? '');
      expect([name, security?.[0] ?? null]).toEqual([name, open ? null : { key: [] }]);
      // A vendor's wrong signature is a 401 too, on a route without a key.
      expect([name, open || '401' in responses, '403' in responses]).toEqual([name, true, !open]);
    }
    expect(Object.keys(document.components.securitySchemes)).toEqual(['key', 'userToken']);
  });

  it('says where user tokens are let in, and which mutations take an Idempotency-Key: all that give out no secret of their own', () => {
    for (const [name, { security = [], parameters = [], responses }] of operations) {
      const mutates = security.length > 0 && !name.startsWith('get ') && !NEVER_KEPT.includes(name);
      expect([name, parameters.some((one) => one.in === 'header' && one.name === 'Idempotency-Key')]).toEqual([
        name,
        mutates,
      ]);
      expect([name, /idempotency\.(in_progress|key_reused)/.exec(JSON.stringify(responses))?.[1] ?? null]).toEqual([
        name,
        mutates ? 'in_progress' : null,
      ]);
      if (mutates) expect([name, '409' in responses, '422' in responses]).toEqual([name, true, true]);
    }
    const opened = operations.filter(([, { security = [] }]) => security.some((one) => 'userToken' in (one as object)));
    const names = opened.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(['get /v1/connections/{id}', 'post /v1/link-sessions']));
    for (const name of ['post /v1/users/{id}/tokens', 'get /v1/users', 'get /admin/audit'])
      expect(names).not.toContain(name);
  });

  it.each([
    [
      'post /v1/connections',
      ['login.guarded', 'credential.invalid_login', 'connection.conflict', 'connection.duplicate'],
    ],
    ['put /v1/connections/{id}/login', ['login.guarded', 'credential.invalid_login', 'connection.conflict']],
    ['post /v1/connections/{id}/authenticate', ['login.guarded']],
    ['delete /admin/clients/{id}', ['client.last_admin']],
    ['get /v1/connections/{id}/qr', ['challenge.no_picture']],
  ])('says of %s that it can answer %j', (name, codes) => {
    const { responses = {} } = Object.fromEntries(operations)[name] ?? {};
    const known = Object.values(responses).flatMap(({ content }) => Object.keys(content?.[PROBLEM]?.examples ?? {}));
    expect(known).toEqual(expect.arrayContaining(codes));
  });

  it('types every parameter, and every id in a path as a UUID', () => {
    for (const [name, { parameters = [] }] of operations) {
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      expect([name, parameters.filter((one) => one.in === 'path').map((one) => one.name)]).toEqual([name, inPath]);
      for (const parameter of parameters) {
        expect([name, parameter.name, typeof parameter.schema]).toEqual([name, parameter.name, 'object']);
        if (parameter.name === 'id') expect([name, parameter.schema?.format]).toEqual([name, 'uuid']);
      }
    }
  });

  it('describes every JSON answer by a schema that exists', () => {
    const referred = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, one]) => one);
    for (const schema of new Set(referred)) expect(Object.keys(document.components.schemas)).toContain(schema);
    for (const [name, { responses }] of operations) {
      for (const { content = {} } of Object.values(responses)) {
        for (const media of Object.values(content))
          expect([name, media.schema ?? media.example]).not.toEqual([name, undefined]);
      }
    }
  });

  it('is browsable', async () => {
    const page = await fetch(`${app.baseUrl}/docs`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
  });
});
