import 'reflect-metadata';

import { connect, createServer, type Server, type Socket } from 'node:net';

import { startApp, type RunningApp } from '../factories/app.factory.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';

interface Problem {
  readonly type: string;
  readonly code: string;
  readonly status: number;
  readonly requestId: string;
  readonly instance: string;
}

describe('platform over HTTP', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp();
  });

  afterAll(async () => {
    await app.close();
  });

  async function problem(path: string, init?: RequestInit): Promise<{ response: Response; body: Problem }> {
    const response = await fetch(`${app.baseUrl}${path}`, init);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const body = (await response.json()) as Problem;
    expect(body).toMatchObject({ type: `urn:mooring:problem:${body.code}`, status: response.status });
    expect(body.requestId).toBe(response.headers.get('x-request-id'));
    return { response, body };
  }

  it('is alive and ready', async () => {
    const alive = await fetch(`${app.baseUrl}/healthz`);
    const ready = await fetch(`${app.baseUrl}/readyz`);

    expect([alive.status, await alive.json()]).toEqual([200, { status: 'ok' }]);
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { status: 'ok', checks: { database: 'up', migrations: 'up' } },
    ]);
  });

  it('repeats a sane request id and replaces any other', async () => {
    const sane = await fetch(`${app.baseUrl}/healthz`, { headers: { 'x-request-id': 'caller-1' } });
    const wild = await fetch(`${app.baseUrl}/healthz`, { headers: { 'x-request-id': 'a b' } });

    expect(sane.headers.get('x-request-id')).toBe('caller-1');
    expect(wild.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}-[0-9a-z]+$/);
  });

  it('measures requests by route template', async () => {
    await fetch(`${app.baseUrl}/readyz?code=hunter2`);

    const text = await (await fetch(`${app.baseUrl}/metrics`)).text();

    expect(text).toMatch(
      /mooring_http_request_duration_seconds_count\{method="GET",route="\/readyz",status="200"\} \d/,
    );
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toContain('hunter2');
  });

  it('answers an unknown address without repeating its query', async () => {
    const { response, body } = await problem('/nowhere?token=hunter2');

    expect(response.status).toBe(404);
    expect(body).toMatchObject({ code: 'request.not_found', instance: '/nowhere' });
  });

  it('names the methods of a known address', async () => {
    const { response, body } = await problem('/healthz', { method: 'DELETE' });

    expect(body.code).toBe('request.method_not_allowed');
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });

  it('answers a malformed address', async () => {
    expect((await problem('/v1/%zz')).body.code).toBe('request.malformed_url');
  });

  it('does not take a trailing slash for the same address', async () => {
    expect((await problem('/healthz/')).body.code).toBe('request.not_found');
  });

  it('answers what is not HTTP at all', async () => {
    const { hostname, port } = new URL(app.baseUrl);
    const socket = connect(Number(port), hostname);
    socket.end('NONSENSE\r\n\r\n');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);

    const text = Buffer.concat(chunks).toString();
    expect(text).toContain('HTTP/1.1 400');
    expect(text).toContain('urn:mooring:problem:request.malformed_http');
  });

  it('keeps secrets of a request out of the log', async () => {
    await fetch(`${app.baseUrl}/nowhere/hunter2?token=hunter2`, {
      method: 'POST',
      headers: { authorization: 'Bearer hunter2', 'content-type': 'application/json', cookie: 'hunter2' },
      body: '{"password":"hunter2"',
    });
    await fetch(`${app.baseUrl}/healthz?x=hunter2`, { headers: { 'x-request-id': 'after-secrets' } });

    expect(app.logText()).not.toContain('hunter2');
    expect(app.logs()).toContainEqual(
      expect.objectContaining({ requestId: 'after-secrets', method: 'GET', route: '/healthz', status: 200 }),
    );
  });
});

describe('platform without its database', () => {
  let database: TestDatabase;
  let cable: Cable;
  let app: RunningApp;

  beforeAll(async () => {
    database = await testDatabase();
    cable = await Cable.to(database.url);
    app = await startApp({ env: { DATABASE_URL: cable.url } });
  });

  afterAll(async () => {
    await app.close();
    await cable.cut();
    await database.close();
  });

  it('says when to ask again, stays alive, and recovers by itself', async () => {
    await cable.cut();
    const down = await fetch(`${app.baseUrl}/readyz`);
    const alive = await fetch(`${app.baseUrl}/healthz`);
    await cable.plug();

    expect(down.status).toBe(503);
    expect(down.headers.get('retry-after')).toBe('2');
    expect(await down.json()).toMatchObject({ code: 'service.unavailable', database: 'down' });
    expect(alive.status).toBe(200);
    await expectReady(app);
  });
});

/** Readiness is remembered for half a second; asked until then. */
async function expectReady(app: RunningApp): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    const { status } = await fetch(`${app.baseUrl}/readyz`);
    if (status === 200) return;
  }
  throw new Error('The application did not recover.');
}

/** A line to the database that can be cut. */
class Cable {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly target: URL,
    private readonly server: Server,
    private readonly port: number,
  ) {}

  static async to(databaseUrl: string): Promise<Cable> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const cable = new Cable(new URL(databaseUrl), server, typeof address === 'object' && address ? address.port : 0);
    server.on('connection', (near) => {
      cable.join(near);
    });
    return cable;
  }

  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  async plug(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(near: Socket): void {
    const far = connect(Number(this.target.port || 5432), this.target.hostname);
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }
}
