import { SCOPES } from '../../src/access/scope.js';
import type { CallContext } from '../../src/credentials/call-context.js';
import type { Field } from '../../src/credentials/field.js';
import { ok } from '../../src/credentials/result.js';
import type { SecretValue } from '../../src/credentials/secret-value.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { member, RestClient, textAt } from '../../src/sandbox/rest-client.js';
import { BOOTSTRAP_KEY, startWithProviders, type FakeProviderApp } from '../factories/fake-provider-app.factory.js';
import { field } from '../factories/field.factory.js';
import { FAKE_BANK, FAKE_CODE, FAKE_PASSWORD, FakeBank } from '../fakes/provider-bank.fake.js';
import { ProviderFake } from '../fakes/provider.fake.js';

const STEP_MS = 2000;
const options = [
  { value: 'a', label: 'First' },
  { value: 'b', label: 'Second' },
];
const ASKED: readonly Field[] = [
  field({ name: 'note', label: 'Code to enter', type: 'info', required: false, value: '8842 1190' }),
  field({ name: 'text', label: 'City', type: 'text', minLength: 2, maxLength: 5 }),
  field({ name: 'numeric', label: 'Code', type: 'numeric', pattern: '^[0-9]{4}$', patternError: 'Four digits.' }),
  field({ name: 'masked', label: 'Password', type: 'masked', masked: true, helpText: 'Of the bank', hint: '****' }),
  field({ name: 'select', label: 'Way', type: 'select', options }),
  field({ name: 'multi', label: 'Accounts', type: 'multi_select', options }),
  field({
    name: 'image',
    label: 'Picture',
    type: 'image',
    options: [{ value: '1', label: '1', image: 'data:image/png;base64,AA' }],
  }),
  field({ name: 'box', label: 'Agreed', type: 'checkbox' }),
];
const RIGHT = { text: 'Rome', numeric: '1234', masked: 'x', select: 'a', multi: 'a,b', image: '1', box: 'true' };

describe('what a bank asks of people', () => {
  const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
  const provider = new ProviderFake('fake');
  /** The language of every call, by operation. */
  const spoken = new Map<string, Set<string | undefined>>();
  let app: FakeProviderApp;
  let api: RestClient;
  let users = 0;

  beforeAll(async () => {
    new FakeBank(provider, clock);
    const take = provider.script.take.bind(provider.script);
    provider.script.take = async (operation, args) => {
      const { locale } = args.at(-1) as CallContext;
      spoken.set(operation, (spoken.get(operation) ?? new Set()).add(locale));
      return take(operation, args);
    };
    app = await startWithProviders([provider], clock);
    const admin = new RestClient(app.baseUrl, BOOTSTRAP_KEY);
    const created = await admin.call('POST', '/admin/clients', { name: 'tests', scopes: [...SCOPES] });
    api = new RestClient(app.baseUrl, textAt(created.body, 'key'));
  });

  beforeEach(() => {
    spoken.clear();
    provider.script.clearOverrides();
  });

  afterAll(async () => {
    await app.close();
  });

  async function connected(username: string, locale?: string): Promise<string> {
    const person = { externalUserId: `cust-${++users}`, market: 'SE', ...(locale && { locale }) };
    const user = await api.call('POST', '/v1/users', person);
    const made = await api.call('POST', '/v1/connections', {
      ...{ userId: textAt(user.body, 'id'), provider: 'fake', institutionId: FAKE_BANK },
      fields: { username, password: FAKE_PASSWORD },
    });
    return textAt(made.body, 'id');
  }

  async function settled(id: string): Promise<unknown> {
    for (let step = 0; step < 3; step += 1) {
      clock.advance(STEP_MS);
      await app.watch();
    }
    return (await api.call('GET', `/v1/connections/${id}`)).body;
  }

  it("comes in the user's language, whoever makes the call, readings of the watcher too", async () => {
    const id = await connected('asked', 'sv_SE');
    await settled(id);
    const code = { fields: { code: FAKE_CODE } };
    await api.call('POST', `/v1/connections/${id}/supplemental-information`, code);
    await settled(id);
    await api.call('POST', `/v1/connections/${id}/refresh`, {});
    await settled(id);
    await api.call('POST', `/v1/connections/${id}/supplemental-information`, code);
    await settled(id);
    await api.call('POST', `/v1/connections/${id}/authenticate`, {});
    await settled(id);

    const swedish = new Set(['sv-SE']);
    for (const operation of ['create', 'get', 'submitSupplementalInformation', 'refresh', 'authenticate']) {
      expect([operation, spoken.get(`credentials.${operation}`)]).toEqual([operation, swedish]);
    }
    expect(spoken.get('institutions.find')).toEqual(swedish);
  });

  it('comes without a language where the user has none, and the directory takes one', async () => {
    const id = await connected('good');
    await settled(id);
    await api.call('POST', `/v1/connections/${id}/refresh`, {});
    expect(spoken.get('credentials.create')).toEqual(new Set([undefined]));
    expect(spoken.get('credentials.refresh')).toEqual(new Set([undefined]));

    expect((await api.call('GET', '/v1/providers/fake/institutions?locale=fr_CA')).status).toBe(200);
    expect(spoken.get('institutions.list')).toEqual(new Set(['fr-CA']));
    expect(await api.call('GET', '/v1/providers/fake/institutions?locale=french')).toMatchObject({
      ...{ status: 400, body: { code: 'request.invalid' } },
    });
  });

  describe('of every kind', () => {
    async function asked(): Promise<string> {
      const id = await connected(`good-${users}`);
      provider.script.override('credentials.get', () =>
        ok({
          ...{ credentialId: new Opened('any'), institutionId: FAKE_BANK, loginIdentity: null },
          observation: {
            ...({ state: 'awaiting_user', cause: 'user_interaction', providerStatus: 'ASKS' } as const),
            providerStatusAt: null,
            challenge: { kind: 'submit_information', expiresAt: null, fields: ASKED },
          },
        }),
      );
      expect(member(await settled(id), 'nextAction', 'fields')).toEqual(ASKED);
      return id;
    }
    const answer = async (id: string, fields: object) =>
      api.call('POST', `/v1/connections/${id}/supplemental-information`, { fields });
    const sent = () => provider.script.callsTo('credentials.submitSupplementalInformation');

    it('is one schema, and is checked before the bank hears of it', async () => {
      const id = await asked();
      const before = sent().length;
      const wrong = { text: 'x', numeric: '12', masked: '', select: 'c', multi: 'a,a', image: '9', box: 'yes' };

      const refused = await answer(id, wrong);

      expect(refused).toMatchObject({ status: 422, body: { code: 'challenge.invalid_answer' } });
      expect(member(refused.body, 'errors')).toMatchObject([
        { pointer: '/fields/text', message: 'At least 2 characters.' },
        { pointer: '/fields/numeric', message: 'Four digits.' },
        { pointer: '/fields/masked', message: 'Required: Password.' },
        { pointer: '/fields/select', message: 'Not one of the options.' },
        { pointer: '/fields/multi', message: 'Chosen twice.' },
        { pointer: '/fields/image', message: 'Not one of the options.' },
        { pointer: '/fields/box', message: 'Must be "true" or "false".' },
      ]);
      expect(await answer(id, { ...RIGHT, note: '8842 1190' })).toMatchObject({
        ...{ status: 422, body: { code: 'challenge.unknown_field', errors: [{ pointer: '/fields/note' }] } },
      });
      expect(sent()).toHaveLength(before);
    });

    it('arrives at the provider as it was given', async () => {
      const id = await asked();
      provider.script.override('credentials.submitSupplementalInformation', () =>
        ok({ state: 'authenticating', cause: 'none', providerStatus: 'TAKEN', providerStatusAt: null }),
      );
      expect((await answer(id, RIGHT)).status).toBe(202);
      const given = sent().at(-1)?.args[2] as ReadonlyMap<string, SecretValue>;
      expect(Object.fromEntries([...given].map(([name, value]) => [name, value.reveal('test')]))).toEqual(RIGHT);
      expect(app.logText()).not.toContain('Rome');
    });
  });
});
