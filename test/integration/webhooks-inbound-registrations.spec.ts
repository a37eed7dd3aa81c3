import { AuditLog } from '../../src/audit/audit-log.js';
import { BOOTSTRAP_KEY } from '../factories/fake-provider-app.factory.js';
import { fakeWebhook } from '../fakes/inbound-webhooks.fake.js';
import { WebhookWorld } from './webhooks-inbound-world.js';

interface Registration {
  readonly id: string;
  readonly url: string;
}

describe('registrations for webhooks', () => {
  let world: WebhookWorld;

  const ask = async (method: string, path = '', body?: object, provider = 'fake'): Promise<Response> =>
    fetch(`${world.app.baseUrl}/admin/providers/${provider}/webhooks${path}`, {
      method,
      headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const register = async (url?: string) => ask('POST', '', url === undefined ? undefined : { url });
  const atVendor = () => [...world.vendor.webhooks.endpoints.values()];
  const code = async (answer: Response) => ((await answer.json()) as { code: string }).code;

  beforeAll(async () => {
    world = await new WebhookWorld().start();
  });
  afterEach(async () => {
    world.vendor.webhooks.endpoints.clear();
    world.vendor.webhooks.whenRegistered = () => undefined;
    await world.query('DELETE FROM webhook_registrations');
    await world.reset();
  });
  afterAll(async () => world.close());

  it('are made with the address of this installation, and what they sign is believed at once', async () => {
    const forged = fakeWebhook({}, 'not yet');
    expect((await world.post('fake', forged)).status).toBe(412);

    const answer = await register();

    expect(answer.status).toBe(201);
    const made = (await answer.json()) as Registration;
    expect(made.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/webhooks\/fake$/);
    const [endpoint] = atVendor();
    expect(JSON.stringify(made)).not.toContain(endpoint?.secret);
    expect((await world.post('fake', fakeWebhook({ credential: 'a' }, endpoint?.secret))).status).toBe(200);
    expect((await world.post('fake', fakeWebhook({ credential: 'b' }))).status).toBe(200);
    const kept = JSON.stringify(await world.query('SELECT * FROM webhook_registrations'));
    expect(kept).not.toContain(endpoint?.secret);
    expect(world.app.logText()).not.toContain(endpoint?.secret);
    const audit = await world.query(`SELECT action, subject FROM audit_entries WHERE action LIKE 'webhook.%'`);
    expect(audit).toEqual([{ action: 'webhook.registered', subject: `webhook_registration:${made.id}` }]);
  });

  it('are believed in another process too, though it has kept the secrets of before', async () => {
    await world.post('fake', fakeWebhook({ note: 1 }));
    world.clock.advance(1_000);
    await world.query('DELETE FROM webhook_registrations');
    let secret = '';
    world.vendor.webhooks.whenRegistered = (told) => {
      secret = told;
    };
    await register();
    await world.post('fake', fakeWebhook({ note: 2 }));
    expect((await world.post('fake', fakeWebhook({ note: 3 }, secret))).status).toBe(200);
  });

  it('are found again by a repeat, for each address one', async () => {
    const url = 'https://mooring.example.com/webhooks/fake';
    const first = (await (await register(url)).json()) as Registration;
    const again = (await (await register(url)).json()) as Registration;
    const second = (await (await register(`${url}?2`)).json()) as Registration;

    expect(again).toEqual(first);
    expect(atVendor()).toHaveLength(2);
    const list = (await (await ask('GET', '?limit=1')).json()) as { data: Registration[]; nextCursor: string };
    expect(list.data).toEqual([first]);
    const rest = (await (await ask('GET', `?cursor=${list.nextCursor}`)).json()) as { data: Registration[] };
    expect(rest.data).toEqual([second]);
  });

  it('whose secret was lost by a crash are replaced', async () => {
    const url = 'https://mooring.example.com/webhooks/fake';
    await world.vendor.webhooks.register(url);
    const lost = atVendor()[0]?.secret;

    expect((await register(url)).status).toBe(201);

    expect(atVendor()).toHaveLength(1);
    expect(atVendor()[0]?.secret).not.toBe(lost);
    expect((await world.post('fake', fakeWebhook({ note: 1 }, atVendor()[0]?.secret))).status).toBe(200);
  });

  it('that the vendor has forgotten are made again', async () => {
    const url = 'https://mooring.example.com/webhooks/fake';
    const first = (await (await register(url)).json()) as Registration;
    world.vendor.webhooks.endpoints.clear();

    const second = (await (await register(url)).json()) as Registration;

    expect(second.id).toBe(first.id);
    expect(atVendor()).toHaveLength(1);
    expect((await world.post('fake', fakeWebhook({ note: 1 }, atVendor()[0]?.secret))).status).toBe(200);
  });

  it('are taken back when their secret cannot be stored', async () => {
    const audit = world.get(AuditLog);
    const record = audit.record.bind(audit);
    audit.record = async () => Promise.reject(new Error('the disk is full'));
    try {
      expect((await register()).status).toBe(500);
    } finally {
      audit.record = record;
    }
    expect(atVendor()).toEqual([]);
    expect(await world.query('SELECT 1 FROM webhook_registrations')).toEqual([]);
  });

  it('that a dead process has begun can be made when its time is over', async () => {
    const url = 'https://mooring.example.com/webhooks/fake';
    await world.query(
      `INSERT INTO webhook_registrations (id, provider, url, claimed_until, created_at)
        VALUES (gen_random_uuid(), 'fake', $1, $2, $2)`,
      [url, new Date(world.clock.now().getTime() + 1_000)],
    );
    const busy = await register(url);
    expect([busy.status, await code(busy)]).toEqual([409, 'webhook_endpoint.busy']);
    expect(((await (await ask('GET')).json()) as { data: unknown[] }).data).toEqual([]);

    world.clock.advance(1_000);
    expect((await register(url)).status).toBe(201);
    expect(atVendor()).toHaveLength(1);
  });

  it('two at once leave one endpoint, and its secret is live', async () => {
    const answers = await Promise.all([register(), register(), register()]);

    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(0);
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
    expect(atVendor()).toHaveLength(1);
    expect((await world.post('fake', fakeWebhook({ note: 1 }, atVendor()[0]?.secret))).status).toBe(200);
  });

  it('end at the vendor and here, and their secret opens nothing more', async () => {
    const { id } = (await (await register()).json()) as Registration;
    const [endpoint] = atVendor();

    expect((await ask('DELETE', `/${id}`)).status).toBe(204);

    expect(atVendor()).toEqual([]);
    expect((await world.post('fake', fakeWebhook({}, endpoint?.secret))).status).toBe(412);
    const gone = await ask('DELETE', `/${id}`);
    expect([gone.status, await code(gone)]).toEqual([404, 'webhook_endpoint.not_found']);
  });

  it('by hand name the variable to set', async () => {
    const answer = await ask('POST', '', {}, 'other');
    expect([answer.status, await answer.json()]).toEqual([
      422,
      expect.objectContaining({ code: 'capability_unsupported', variable: 'OTHER_WEBHOOK_SECRET' }),
    ]);
    expect((await ask('GET', '', undefined, 'nobody')).status).toBe(404);
  });

  it.each([
    { url: 'ftp://x.example.com' },
    { url: 'no address' },
    { url: 7 },
    { url: 'https://a:b@x.example.com' },
    { x: 1 },
  ])('refuse %j', async (body) => {
    const answer = await ask('POST', '', body);
    expect([answer.status, await code(answer)]).toEqual([400, 'request.invalid']);
    expect(atVendor()).toEqual([]);
  });

  it('are for admins', async () => {
    const url = `${world.app.baseUrl}/admin/providers/fake/webhooks`;
    expect((await fetch(url, { method: 'POST' })).status).toBe(401);
    expect((await fetch(url)).status).toBe(401);
  });
});
