import { PgBossWorkers } from '../../src/platform/queue/pg-boss-workers.js';
import { member, textAt } from '../../src/sandbox/rest-client.js';
import { OUTGOING_EVENTS } from '../../src/webhooks/outbound/outbox.js';
import { SweepDueDeliveries } from '../../src/webhooks/outbound/sweep-due-deliveries.js';
import { SandboxApp } from '../factories/sandbox-app.factory.js';
import { WebhookReceiverFake } from '../fakes/webhook-receiver.fake.js';

const ENDPOINTS = '/v1/webhook-endpoints';
const DELIVERIES = '/v1/webhook-deliveries';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly allOf?: readonly Schema[];
}

/** Members that a published schema promises and a body lacks, and members of another type. */
function gaps(schema: Schema, value: unknown, schemas: Readonly<Record<string, Schema>>, at = ''): string[] {
  const referred = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (referred !== undefined) return gaps(schemas[referred.split('/').at(-1) ?? ''] ?? {}, value, schemas, at);
  if (schema.const !== undefined) return value === schema.const ? [] : [`${at} is not ${JSON.stringify(schema.const)}`];
  const found = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (schema.type !== undefined && ![schema.type].flat().includes(found)) {
    return found === 'null' && 'nullable' in schema ? [] : [`${at} is ${found}`];
  }
  if (found !== 'object') return [];
  const members = value as Record<string, unknown>;
  const missing = (schema.required ?? [])
    .filter((name) => !(name in members))
    .map((name) => `${at}/${name} is missing`);
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, one]) =>
    name in members ? gaps(one, members[name], schemas, `${at}/${name}`) : [],
  );
  return [...missing, ...inner];
}

describe('webhooks that go out', () => {
  let app: SandboxApp;
  let receiver: WebhookReceiverFake;

  beforeAll(async () => {
    // Signatures carry the clock's time and the reference library compares it with the system's.
    app = await SandboxApp.start({ frozen: false, env: { MOORING_WEBHOOK_ALLOW_PRIVATE: 'true' } });
  });

  beforeEach(async () => {
    await app.sql('DELETE FROM webhook_endpoints');
    await app.forget();
    receiver = await WebhookReceiverFake.start();
  });

  afterEach(async () => {
    await receiver.close();
  });

  afterAll(async () => {
    await app.close();
  });

  const create = async (body: object = {}) => app.post(ENDPOINTS, { url: receiver.url, ...body });

  async function work(): Promise<void> {
    await app.inside(SweepDueDeliveries).run();
    await app.inside(PgBossWorkers).workOff();
  }

  async function anotherKey(): Promise<string> {
    const scopes = ['webhooks:manage', 'admin'];
    const created = await app.post('/admin/clients', { name: 'another', scopes });
    return textAt(created.body, 'key');
  }

  it('tell of a connection from its creation to its end, signed, in order, as the published schema says', async () => {
    const secret = textAt((await create()).body, 'secret');
    const id = await app.active();
    await work();
    await app.call('DELETE', `/v1/connections/${id}`);
    await work();

    const received = receiver.received.filter(({ body }) => body.data.connectionId === id);
    const types = received.map(({ type }) => type);
    expect(types[0]).toBe('connection.created');
    expect(types.at(-1)).toBe('connection.deleted');
    const changes = received.filter(({ type }) => type === 'connection.state_changed');
    const history = await app.sql<{ to: string }>(
      `SELECT to_state AS "to" FROM connection_events WHERE connection_id = $1 AND seq > 1 ORDER BY seq`,
      [id],
    );
    expect(changes.map(({ body }) => body.data['to'])).toEqual(history.map(({ to }) => to));
    expect(new Set(receiver.ids).size).toBe(receiver.ids.length);

    const document = (await app.get('/openapi.json')).body as {
      webhooks: Record<string, { post: { requestBody: { content: Record<string, { schema: Schema }> } } }>;
      components: { schemas: Record<string, Schema> };
    };
    expect(Object.keys(document.webhooks)).toEqual([...OUTGOING_EVENTS]);
    for (const event of received) {
      expect(WebhookReceiverFake.verify(event, secret)).toEqual(event.body);
      const schema = document.webhooks[event.type]?.post.requestBody.content['application/json']?.schema ?? {};
      expect(gaps(schema, event.body, document.components.schemas)).toEqual([]);
    }
    expect(gaps({ required: ['type'] }, {}, {})).toEqual(['/type is missing']);
  });

  it('ask the user once for each question, and carry no one-time address of the bank', async () => {
    await create({ events: ['connection.action_required'] });
    const id = await app.connected({ institutionId: 'se-demobank-open-banking-redirect', fields: {} });
    const shown = await app.until(id, 'awaiting_user');
    expect(member(shown, 'nextAction', 'url')).toMatch(/^http/);
    await app.read(id);
    app.advance(1000);
    await app.read(id);
    await work();
    expect(receiver.received).toHaveLength(1);
    const action = member(receiver.received[0]?.body.data, 'connection', 'nextAction');
    expect(action).toMatchObject({ kind: 'follow_redirect', by: 'user' });
    expect(action).not.toHaveProperty('url');
    expect(receiver.received[0]?.body.data).toMatchObject({ to: 'awaiting_user', connectionId: id });
  });

  it('have a bounded number of endpoints, also when several are made at once', async () => {
    const id = textAt((await create()).body, 'id');
    await app.sql(
      `INSERT INTO webhook_endpoints (id, owner, client_id, url, secret_sealed, created_at, updated_at)
       SELECT gen_random_uuid(), owner, client_id, url, secret_sealed, created_at, updated_at
         FROM webhook_endpoints, generate_series(1, 48) WHERE id = $1`,
      [id],
    );
    const made = await Promise.all([create(), create(), create(), create()]);
    expect(made.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it('show a connection as GET does', async () => {
    await create();
    const id = await app.active();
    await work();
    const last = receiver.received.findLast(({ type }) => type === 'connection.state_changed');
    const shown = (await app.read(id)).body as Record<string, unknown>;
    expect(Object.keys(last?.body.data['connection'] ?? {}).sort()).toEqual(Object.keys(shown).sort());
    expect(last?.body.data).toMatchObject({ to: 'active', connection: { id, state: { value: 'active' } } });
  });

  it('have endpoints that can be made, read, changed and deleted; the secret is shown once', async () => {
    const created = await create({ events: ['user.deleted'], description: 'mine' });
    expect(created.status).toBe(201);
    expect(created.headers.get('cache-control')).toBe('no-store');
    const id = textAt(created.body, 'id');
    expect(created.headers.get('location')).toBe(`${ENDPOINTS}/${id}`);
    expect(created.body).toMatchObject({
      enabled: true,
      events: ['user.deleted'],
    });

    expect(textAt(created.body, 'secret')).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);

    const read = await app.get(`${ENDPOINTS}/${id}`);
    expect(read.body).not.toHaveProperty('secret');
    expect((await app.get(ENDPOINTS)).body).toEqual({ data: [read.body], nextCursor: null });

    const off = await app.call('PATCH', `${ENDPOINTS}/${id}`, { body: { enabled: false, description: null } });
    expect(off.body).toMatchObject({
      enabled: false,
      disabledReason: 'owner',
      description: null,
      events: ['user.deleted'],
    });
    const on = await app.call('PATCH', `${ENDPOINTS}/${id}`, { body: { enabled: true, events: [] } });
    expect(on.body).toMatchObject({ enabled: true, disabledReason: null, disabledAt: null, events: [] });

    const rotated = await app.post(`${ENDPOINTS}/${id}/rotate-secret`);
    expect(textAt(rotated.body, 'secret')).not.toBe(textAt(created.body, 'secret'));
    expect(member(rotated.body, 'previousSecretUntil')).not.toBeNull();

    expect((await app.call('DELETE', `${ENDPOINTS}/${id}`)).status).toBe(204);
    expect((await app.get(`${ENDPOINTS}/${id}`)).status).toBe(404);
    expect((await app.call('DELETE', `${ENDPOINTS}/${id}`)).status).toBe(404);
    for (const secret of [created, rotated].map(({ body }) => textAt(body, 'secret'))) {
      expect(app.logText()).not.toContain(secret);
    }
  });

  it.each([
    ['no url', {}, '/url'],
    ['an unknown event', { url: 'https://example.com', events: ['connection.exploded'] }, '/events'],
    ['twice the same event', { url: 'https://example.com', events: ['user.deleted', 'user.deleted'] }, '/events'],
    ['a user that is no id', { url: 'https://example.com', userId: 'cust-42' }, '/userId'],
    ['a word for yes', { url: 'https://example.com', enabled: 'yes' }, '/enabled'],
    ['null for an address', { url: null }, '/url'],
  ])('refuse %s', async (_what, body, pointer) => {
    const refused = await app.post(ENDPOINTS, body);
    expect(refused.status).toBe(400);
    expect(JSON.stringify(member(refused.body, 'errors') ?? refused.body)).toContain(pointer);
    expect(await app.sql('SELECT 1 FROM webhook_endpoints')).toEqual([]);
  });

  it('refuse addresses with a login, and in live mode whatever is not public', async () => {
    const refused = await create({ url: 'https://user:pass@example.com/hook' });
    expect([refused.status, member(refused.body, 'code')]).toEqual([422, 'webhook_endpoint.refused_target']);
    expect(refused.bytes.toString()).not.toContain('pass@');

    const live = await app.alongside({ MOORING_WEBHOOK_ALLOW_PRIVATE: '' });
    for (const url of [
      receiver.url,
      'https://127.0.0.1/',
      'https://169.254.169.254/',
      'https://[::1]/',
      'http://example.com/',
    ]) {
      const { status } = await live.post(ENDPOINTS, { url });
      expect([url, status]).toEqual([url, 422]);
    }
    await live.stop();
  });

  it('are not there for another client, whatever its scopes', async () => {
    const id = textAt((await create()).body, 'id');
    await app.connected();
    await work();
    const delivery = textAt((await app.get(DELIVERIES)).body, 'data', '0', 'id');
    const key = await anotherKey();

    for (const [method, path, body] of [
      ['GET', `${ENDPOINTS}/${id}`],
      ['PATCH', `${ENDPOINTS}/${id}`, { enabled: false }],
      ['DELETE', `${ENDPOINTS}/${id}`],
      ['POST', `${ENDPOINTS}/${id}/rotate-secret`],
      ['POST', `${ENDPOINTS}/${id}/test`],
      ['POST', `${ENDPOINTS}/${id}/replay`, { from: '2026-01-01T00:00:00Z' }],
      ['GET', `${DELIVERIES}/${delivery}`],
      ['POST', `${DELIVERIES}/${delivery}/replay`],
    ] as const) {
      const answer = await app.call(method, path, { key, ...(body ? { body } : {}) });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    for (const path of [ENDPOINTS, DELIVERIES, `${DELIVERIES}?endpointId=${id}`]) {
      expect((await app.call('GET', path, { key })).body).toEqual({ data: [], nextCursor: null });
    }
    expect((await app.get(`${ENDPOINTS}/${id}`)).body).toMatchObject({ enabled: true });
  });

  it('can be tried: a test event goes out now and its outcome comes back', async () => {
    const created = await create({ events: ['user.deleted'] });
    const path = `${ENDPOINTS}/${textAt(created.body, 'id')}/test`;
    const tested = await app.post(path);
    expect(tested.body).toMatchObject({ delivered: true, status: 200, error: null });
    const [event] = receiver.received;
    expect(event?.id).toBe(member(tested.body, 'eventId'));
    if (!event) throw new Error('Nothing arrived.');
    const verified = WebhookReceiverFake.verify(event, textAt(created.body, 'secret'));
    expect(verified).toMatchObject({ type: 'endpoint.test' });
    receiver.answer = () => ({ status: 500, body: 'boom' });
    expect((await app.post(path)).body).toMatchObject({ delivered: false, status: 500, responseExcerpt: 'boom' });
    expect(member((await app.get(DELIVERIES)).body, 'data')).toEqual([]);
  });

  it('can be followed, delivery by delivery, and sent again', async () => {
    const id = textAt((await create({ events: ['connection.created'] })).body, 'id');
    receiver.answer = () => 503;
    await app.connected();
    await app.forget();
    await app.connected();
    await work();

    const first = await app.get(`${DELIVERIES}?endpointId=${id}&status=pending&limit=1`);
    const second = await app.get(`${DELIVERIES}?endpointId=${id}&limit=1&cursor=${textAt(first.body, 'nextCursor')}`);
    expect(member(second.body, 'nextCursor')).toBeNull();
    const delivery = textAt(second.body, 'data', '0', 'id');
    expect(delivery).not.toBe(textAt(first.body, 'data', '0', 'id'));
    const detail = await app.get(`${DELIVERIES}/${delivery}`);
    expect(detail.body).toMatchObject({
      ...{ status: 'pending', attempts: 1, lastStatus: 503, lastError: 'http_error', deliveredAt: null },
      log: [{ status: 503, error: 'http_error' }],
    });
    expect((await app.get(`${DELIVERIES}?status=delivered`)).body).toEqual({ data: [], nextCursor: null });

    receiver.answer = () => 200;
    const replayed = await app.post(`${DELIVERIES}/${delivery}/replay`);
    expect(replayed.status).toBe(202);
    await work();
    expect((await app.get(`${DELIVERIES}/${delivery}`)).body).toMatchObject({ status: 'delivered', attempts: 2 });
    expect(receiver.ids.filter((sent) => sent === member(detail.body, 'eventId'))).toHaveLength(2);

    const range = await app.post(`${ENDPOINTS}/${id}/replay`, { from: '2020-01-01T00:00:00Z' });
    expect(range.body).toMatchObject({ nextFrom: null });
    for (const wrong of [{ from: 'yesterday' }, { from: '2026-W01-1' }, { from: '2026-01-01', to: '2026-324' }]) {
      expect((await app.post(`${ENDPOINTS}/${id}/replay`, wrong)).status).toBe(400);
    }
    expect((await app.get(`${DELIVERIES}?cursor=nonsense`)).status).toBe(400);
    expect((await app.get('/metrics')).bytes.toString()).toContain('mooring_webhook_pending');
  });
});
