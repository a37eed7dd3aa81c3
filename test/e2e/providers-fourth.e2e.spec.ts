import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SCOPES } from '../../src/access/scope.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { member, RestClient, textAt, type Answer } from '../../src/sandbox/rest-client.js';
import { BOOTSTRAP_KEY, startWithProviders, type FakeProviderApp } from '../factories/fake-provider-app.factory.js';
import { FAKE_BANK, FAKE_CODE, FAKE_LOGINS, FAKE_PASSWORD, FakeBank } from '../fakes/provider-bank.fake.js';
import { FAKE_CAPABILITIES, ProviderFake } from '../fakes/provider.fake.js';

const STEP_MS = 2000;

/** The steps of docs/adding-a-provider.md for a provider that no file of the core has heard of. */
describe('a fourth provider', () => {
  const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
  const provider = new ProviderFake('fake');
  let app: FakeProviderApp;
  let api: RestClient;
  let users = 0;

  beforeAll(async () => {
    new FakeBank(provider, clock);
    app = await startWithProviders([provider], clock);
    const admin = new RestClient(app.baseUrl, BOOTSTRAP_KEY);
    const created = await admin.call('POST', '/admin/clients', { name: 'tests', scopes: [...SCOPES] });
    api = new RestClient(app.baseUrl, textAt(created.body, 'key'));
  });

  afterAll(async () => {
    await app.close();
  });

  async function create(username: string, password = FAKE_PASSWORD): Promise<Answer> {
    const user = await api.call('POST', '/v1/users', { externalUserId: `cust-${++users}`, market: 'SE' });
    const userId = textAt(user.body, 'id');
    const fields = { username, password };
    return api.call('POST', '/v1/connections', { userId, provider: 'fake', institutionId: FAKE_BANK, fields });
  }

  async function settled(id: string): Promise<unknown> {
    for (let step = 0; step < 3; step += 1) {
      clock.advance(STEP_MS);
      await app.watch();
    }
    return (await api.call('GET', `/v1/connections/${id}`)).body;
  }

  async function connected(username: string): Promise<string> {
    const { status, body } = await create(username);
    if (status !== 201) throw new Error(`Not created: ${String(status)}`);
    return textAt(body, 'id');
  }

  it('is published with what it can do', async () => {
    const { body } = await api.call('GET', '/v1/providers');
    expect(member(body, 'data')).toEqual([
      { id: 'fake', name: 'Fake', capabilities: FAKE_CAPABILITIES, health: { circuit: 'closed' } },
    ]);
    const banks = await api.call('GET', '/v1/providers/fake/institutions');
    expect(banks.body).toMatchObject({ data: [{ id: FAKE_BANK, name: 'Fake Bank' }], nextCursor: null });
  });

  it('connects, refreshes and is deleted', async () => {
    const id = await connected('good');
    expect(await settled(id)).toMatchObject({ provider: 'fake', state: { value: 'active' } });

    expect((await api.call('POST', `/v1/connections/${id}/refresh`, {})).status).toBe(202);
    expect(provider.script.callsTo('credentials.refresh')).toHaveLength(1);
    expect(await settled(id)).toMatchObject({ state: { value: 'active' }, data: { status: 'fresh' } });

    expect((await api.call('DELETE', `/v1/connections/${id}`)).status).toBe(204);
    expect((await api.call('GET', `/v1/connections/${id}`)).status).toBe(404);
  });

  it('asks its user, who answers', async () => {
    const id = await connected(FAKE_LOGINS.asked);
    expect(await settled(id)).toMatchObject({
      state: { value: 'awaiting_user' },
      nextAction: { kind: 'submit_information', fields: [{ name: 'code', type: 'numeric' }] },
    });
    const answer = async (fields: object) =>
      api.call('POST', `/v1/connections/${id}/supplemental-information`, { fields });
    expect(await answer({ color: '1' })).toMatchObject({ status: 422, body: { code: 'challenge.unknown_field' } });
    expect(await answer({ code: FAKE_CODE })).toMatchObject({ status: 202 });
    expect(await settled(id)).toMatchObject({ state: { value: 'active' } });
  });

  it.each([
    ['a wrong password', 'somebody', 'wrong', 'blocked', 'update_login'],
    ['a locked user', FAKE_LOGINS.locked, FAKE_PASSWORD, 'blocked', 'act_at_bank'],
    ['no accounts', FAKE_LOGINS.empty, FAKE_PASSWORD, 'failed', 'reconnect'],
    ['a bank that is down', FAKE_LOGINS.down, FAKE_PASSWORD, 'retrying', 'retry_later'],
  ])('says what comes next after %s', async (_what, username, password, state, kind) => {
    const { body } = await create(username, password);
    expect(await settled(textAt(body, 'id'))).toMatchObject({ state: { value: state }, nextAction: { kind } });
  });

  it('has no hosted visits, and says so', async () => {
    const user = await api.call('POST', '/v1/users', { externalUserId: `cust-${++users}` });
    const body = {
      userId: textAt(user.body, 'id'),
      provider: 'fake',
      purpose: 'connect',
      redirectUrl: 'https://a.example',
    };
    expect(await api.call('POST', '/v1/link-sessions', body)).toMatchObject({
      status: 422,
      body: { code: 'capability_unsupported', errors: [{ pointer: '/purpose' }] },
    });
  });

  it('is the only one: the others are not known here', async () => {
    expect(await api.call('GET', '/v1/providers/tink/institutions')).toMatchObject({
      status: 422,
      body: { code: 'provider.unknown' },
    });
  });

  it('leaves no secret in the log', () => {
    for (const secret of [FAKE_PASSWORD, FAKE_CODE]) expect(app.logText()).not.toContain(secret);
  });

  it('needs no word of the core: only the registry and the providers name a provider', async () => {
    const src = join(import.meta.dirname, '..', '..', 'src');
    const names = await readdir(src, { recursive: true });
    const core = names.filter(
      (name) => /(?<!\.spec)\.ts$/.test(name) && !/^(providers|sandbox|config)\//.test(name) && name !== 'main.ts',
    );
    const naming: string[] = [];
    for (const name of core) {
      const text = await readFile(join(src, name), 'utf8');
      const code = text
        .replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '')
        .replaceAll(/(example|description|summary|enum|default|message):.*$/gm, '');
      if (/tink|flanks|flinks/i.test(code)) naming.push(name);
    }
    expect(naming).toEqual([]);
  });
});
