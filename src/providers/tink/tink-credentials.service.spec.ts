import type { SubmitInformation } from '../../credentials/challenge.js';
import type { CredentialRef, ProviderUserRef } from '../../credentials/credential-ref.js';
import type { Institution } from '../../credentials/institution-directory.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { ProviderServerFake, Reply } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/tink/fixture.js';
import { alwaysAuthorised, tinkUnderTest } from '../../../test/fixtures/tink/tink-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const ID = '9a1b2c3d4e5f60718293a4b5c6d7e8f9';
const ONE = `/api/v1/credentials/${ID}`;
const CONSENTS = 'GET /api/v1/provider-consents';
const user = 'cust-1' as ProviderUserRef;
const ref: CredentialRef = { user, credentialId: new Opened(ID) };
const call = { signal: new AbortController().signal, locale: 'sv-SE' };
const json = (body: unknown, status = 200): Reply => ({ status, body });
const login = new Map([
  ['username', new Opened('u12345678')],
  ['password', new Opened('geheim-1')],
]);

describe('TinkCredentialsService', () => {
  let server: ProviderServerFake;
  let tink: ReturnType<typeof tinkUnderTest>;

  withProviderServer('2026-01-05T08:00:00Z', (given) => {
    ({ server } = given);
    tink = tinkUnderTest(server.url, given.clock);
    alwaysAuthorised(server);
    return tink;
  });

  const sent = (route: string) => {
    const [seen] = server.callsTo(route);
    return { body: seen?.body ? (JSON.parse(seen.body) as unknown) : undefined, query: [...(seen?.query ?? [])] };
  };

  describe('get', () => {
    it('reads one credential with a user token and the language of the user', async () => {
      server.plan(`GET ${ONE}`, json(fixture('credentials-updated')));
      const result = await tink.credentials.get(ref, call);
      expect(result).toMatchObject({ ok: true, value: { observation: { state: 'active' } } });
      expect(server.callsTo(`GET ${ONE}`)[0]?.headers).toMatchObject({
        authorization: 'Bearer tok',
        'accept-language': 'sv-SE',
      });
    });

    it('adds why it failed', async () => {
      server
        .plan(`GET ${ONE}`, json(fixture('credentials-authentication-error')))
        .plan(CONSENTS, json(fixture('consents-wrong-password')));
      const result = await tink.credentials.get(ref, call);
      expect(result).toMatchObject({ value: { observation: { state: 'blocked', cause: 'wrong_credentials' } } });
      expect(sent(CONSENTS).query).toEqual([['credentialsId', ID]]);
    });

    it('does without the reason when it cannot be read or is of another run', async () => {
      const wrongPassword = { type: 'USER_LOGIN_ERROR', details: { reason: 'STATIC_CREDENTIALS_INCORRECT' } };
      const replies: readonly Reply[] = [
        json({}, 403),
        json('<html>'),
        json({ providerConsents: 'none' }),
        json({ providerConsents: [7, {}] }),
        json({ providerConsents: [{ credentialsId: ID, status: 'TEMPORARY_ERROR', detailedError: wrongPassword }] }),
        json({
          providerConsents: [{ credentialsId: 'other', status: 'AUTHENTICATION_ERROR', detailedError: wrongPassword }],
        }),
      ];
      for (const reply of replies) {
        server.plan(`GET ${ONE}`, json(fixture('credentials-authentication-error'))).plan(CONSENTS, reply);
        const result = await tink.credentials.get(ref, call);
        expect(result).toMatchObject({ value: { observation: { state: 'reauth_required', cause: 'unknown' } } });
      }
    });

    it('goes on with a status that it does not know, and counts it', async () => {
      server.plan(`GET ${ONE}`, json({ ...fixture('credentials-updated'), status: 'RESTING' }));
      const result = await tink.credentials.get(ref, call);
      expect(result).toMatchObject({ value: { observation: { state: 'syncing', providerStatus: 'RESTING' } } });
      expect(tink.observer.words).toEqual([{ provider: 'tink', kind: 'credentials status', word: 'RESTING' }]);
    });

    it.each([
      ['no id', { id: undefined }],
      ['no status', { status: null }],
      ['a status of the wrong type', { status: 7 }],
      ['a time of the wrong type', { statusUpdated: 'yesterday' }],
      ['fields of the wrong type', { fields: [] }],
      [
        'a question that cannot be read',
        { status: 'AWAITING_SUPPLEMENTAL_INFORMATION', supplementalInformation: '[{' },
      ],
    ])('calls a body with %s a bad response', async (_what, change) => {
      server.plan(`GET ${ONE}`, json({ ...fixture('credentials-updated'), ...change }));
      const result = await tink.credentials.get(ref, call);
      expect(result).toMatchObject({ failure: { code: 'provider.bad_response', mayHaveHappened: false } });
    });

    it.each([['<html>'], [''], ['[]'], ['null']])('calls the body %p a bad response', async (body) => {
      server.plan(`GET ${ONE}`, { status: 200, body });
      expect(await tink.credentials.get(ref, call)).toMatchObject({ failure: { code: 'provider.bad_response' } });
    });

    it('does not find what Tink does not have', async () => {
      server.plan(`GET ${ONE}`, json({}, 404));
      expect(await tink.credentials.get(ref, call)).toMatchObject({ failure: { code: 'credential.not_found' } });
    });

    it('does not find what belongs to a user that is gone', async () => {
      server.reset();
      server
        .plan('POST /api/v1/oauth/token', json({ access_token: 'tok', expires_in: 1800 }))
        .plan('POST /api/v1/oauth/authorization-grant', json({}, 404), json({}, 404));
      expect(await tink.credentials.get(ref, call)).toMatchObject({ failure: { code: 'credential.not_found' } });
      expect(await tink.credentials.delete(ref, call)).toEqual({ ok: true, value: { alreadyGone: true } });
    });

    it('takes a new token after a 401 in the middle, once', async () => {
      server.plan(`GET ${ONE}`, json({}, 401), json(fixture('credentials-updated')));
      expect(await tink.credentials.get(ref, call)).toMatchObject({ ok: true });
      expect(server.callsTo('POST /api/v1/oauth/authorization-grant')).toHaveLength(2);
      server.plan(`GET ${ONE}`, json({}, 401), json({}, 401));
      expect(await tink.credentials.get(ref, call)).toMatchObject({ failure: { code: 'provider.misconfigured' } });
    });

    it('ends with its caller', async () => {
      server.plan(`GET ${ONE}`, 'hang');
      const caller = new AbortController();
      const result = tink.credentials.get(ref, { signal: caller.signal });
      await server.arrived(4);
      caller.abort();
      expect(await result).toMatchObject({ failure: { code: 'provider.aborted', mayHaveHappened: false } });
    });
  });

  describe('list', () => {
    const LIST = 'GET /api/v1/credentials/list';

    it('reads all, and the reasons of those in trouble in one call', async () => {
      const bad = fixture('credentials-authentication-error');
      const temporary = { ...bad, id: 'other', status: 'TEMPORARY_ERROR' };
      server
        .plan(LIST, json({ credentials: [fixture('credentials-updated'), bad, temporary] }))
        .plan(CONSENTS, json(fixture('consents-wrong-password')));
      const result = await tink.credentials.list(user, call);
      const states = result.ok ? result.value.map(({ observation }) => observation.state) : result.failure;
      expect(states).toEqual(['active', 'blocked', 'retrying']);
      expect(sent(CONSENTS).query).toEqual([]);
    });

    it('is empty, or nonsense', async () => {
      server.plan(LIST, json({ credentials: [] }), json({ credentials: [{}] }), json({}));
      expect(await tink.credentials.list(user, call)).toEqual({ ok: true, value: [] });
      for (let turn = 0; turn < 2; turn += 1) {
        expect(await tink.credentials.list(user, call)).toMatchObject({ failure: { code: 'provider.bad_response' } });
      }
    });
  });

  describe('create', () => {
    const CREATE = 'POST /api/v1/credentials';
    const request = { user, institutionId: 'se-demobank-password', fields: login };

    it('sends the login once and reads the credential', async () => {
      server.plan(CREATE, json(fixture('credentials-created')));
      const result = await tink.credentials.create({ ...request, returnUrl: 'https://app.test/back' }, call);
      expect(result).toMatchObject({ value: { observation: { state: 'pending', cause: 'first_load' } } });
      expect(sent(CREATE).body).toEqual({
        providerName: 'se-demobank-password',
        fields: { username: 'u12345678', password: 'geheim-1' },
        appUri: 'https://app.test/back',
      });
    });

    it.each([
      [400, 'credential.invalid_input', false],
      [404, 'institution.unknown', false],
      [409, 'credential.duplicate', false],
      [429, 'provider.rate_limited', false],
      [500, 'provider.unavailable', true],
    ])('reads %d as %s and does not repeat it', async (status, code, mayHaveHappened) => {
      server.plan(CREATE, { status, body: '<html>u12345678 geheim-1</html>' });
      const result = await tink.credentials.create(request, call);
      expect(result).toMatchObject({ failure: { code, mayHaveHappened } });
      expect(JSON.stringify(result)).not.toMatch(/u12345678|geheim/);
    });

    it('may have happened when the connection broke or the answer is nonsense', async () => {
      const odd = { status: 'AWAITING_SUPPLEMENTAL_INFORMATION', supplementalInformation: '[{' };
      const bodies = [{ id: 7 }, odd].map((change) => json({ ...fixture('credentials-created'), ...change }));
      for (const reply of ['reset', json('<html>'), ...bodies] as const) {
        server.plan(CREATE, reply);
        expect(await tink.credentials.create(request, call)).toMatchObject({ failure: { mayHaveHappened: true } });
      }
    });

    it('keeps a login that names its user', () => {
      const institution = {
        ...{ id: 'x', name: 'X', market: 'SE', status: 'enabled', connect: ['direct'] },
        fields: [{ name: 'password', label: '', type: 'masked', required: true, masked: true }],
      } as const satisfies Institution;
      expect(tink.credentials.loginIdentity(institution, login)?.reveal('test')).toBe('u12345678');
    });
  });

  describe('delete', () => {
    it('succeeds, also when it is gone already', async () => {
      server.plan(`DELETE ${ONE}`, { status: 204 }, { status: 404 }, { status: 503 }, { status: 404 });
      expect(await tink.credentials.delete(ref, call)).toEqual({ ok: true, value: { alreadyGone: false } });
      expect(await tink.credentials.delete(ref, call)).toEqual({ ok: true, value: { alreadyGone: true } });
      expect(await tink.credentials.delete(ref, call)).toEqual({ ok: true, value: { alreadyGone: true } });
    });
  });

  describe('refresh', () => {
    const REFRESH = `POST ${ONE}/refresh`;

    it('says whether the user is there, and which data', async () => {
      server.plan(REFRESH, { status: 204 }, { status: 204 });
      const items = ['CHECKING_ACCOUNTS', 'SAVING_TRANSACTIONS'];
      const result = await tink.credentials.refresh(ref, { userPresent: false, items }, call);
      expect(result).toMatchObject({ value: { state: 'authenticating', providerStatusAt: null } });
      expect(sent(REFRESH)).toEqual({
        query: items.map((item) => ['items', item]),
        body: { userAvailability: { userPresent: false, userAvailableForInteraction: false } },
      });
      await tink.credentials.refresh(ref, { userPresent: true, returnUrl: 'https://app.test' }, call);
      expect(JSON.parse(server.callsTo(REFRESH)[1]?.body ?? '')).toEqual({
        appUri: 'https://app.test',
        userAvailability: { userPresent: true, userAvailableForInteraction: true },
      });
    });

    it('knows the items before it calls', async () => {
      const items = ['CHECKING_ACCOUNTS', 'SAVINGS_ACCOUNTS'];
      expect(await tink.credentials.refresh(ref, { userPresent: true, items }, call)).toMatchObject({
        failure: { code: 'credential.invalid_input', pointer: '/items/1', mayHaveHappened: false },
      });
      expect(server.calls).toHaveLength(0);
    });

    it.each([
      [400, 'credential.not_refreshable', false],
      [404, 'credential.not_found', false],
      [409, 'credential.busy', false],
      [412, 'credential.not_refreshable', false],
      [429, 'provider.rate_limited', false],
      [503, 'provider.unavailable', true],
    ])('reads %d as %s and does not repeat it', async (status, code, mayHaveHappened) => {
      server.plan(REFRESH, { status });
      const result = await tink.credentials.refresh(ref, { userPresent: false }, call);
      expect(result).toMatchObject({ failure: { code, mayHaveHappened } });
    });
  });

  it('starts a renewal of the consent', async () => {
    server.plan(`POST ${ONE}/authenticate`, { status: 204 }, { status: 204 });
    expect(await tink.credentials.authenticate(ref, { returnUrl: 'https://app.test' }, call)).toMatchObject({
      value: { state: 'authenticating' },
    });
    expect(sent(`POST ${ONE}/authenticate`).body).toEqual({ appUri: 'https://app.test' });
    expect((await tink.credentials.authenticate(ref, {}, call)).ok).toBe(true);
  });

  describe('qr', () => {
    const PNG = Buffer.from('89504e470d0a1a0a00', 'hex');

    it('is a picture in every form', async () => {
      const forms = [new Uint8Array(PNG), `data:image/png;base64,${PNG.toString('base64')}`, PNG.toString('base64')];
      server.plan(`GET ${ONE}/qr`, ...forms.map((body) => ({ status: 200, body })));
      for (const _form of forms) {
        const result = await tink.credentials.qr(ref, call);
        expect(result.ok && Buffer.from(result.value.png)).toEqual(PNG);
      }
    });

    it.each([
      [404, '', 'challenge.none'],
      [400, '', 'challenge.none'],
      [200, '<html>', 'provider.bad_response'],
    ])('with %d and %p is %s', async (status, body, code) => {
      server.plan(`GET ${ONE}/qr`, { status, body });
      expect(await tink.credentials.qr(ref, call)).toMatchObject({ failure: { code } });
    });
  });

  describe('supplemental information', () => {
    const SUBMIT = `POST ${ONE}/supplemental-information`;
    const challenge: SubmitInformation = {
      kind: 'submit_information',
      expiresAt: new Date(1767600000000 + 120_000),
      fields: [{ name: 'otpInput', label: 'Code', type: 'numeric', required: true, masked: false }],
    };
    const answers = new Map([['otpInput', new Opened('1234')]]);

    it('is sent as texts by name', async () => {
      server.plan(SUBMIT, { status: 204 });
      const result = await tink.credentials.submitSupplementalInformation(ref, challenge, answers, call);
      expect(result).toMatchObject({ value: { state: 'authenticating', providerStatusAt: null } });
      expect(sent(SUBMIT).body).toEqual({ information: { otpInput: '1234' } });
    });

    it('is not sent when it cannot be taken', async () => {
      const late = { ...challenge, expiresAt: new Date(1767600000000) };
      expect(await tink.credentials.submitSupplementalInformation(ref, late, answers, call)).toMatchObject({
        failure: { code: 'challenge.expired' },
      });
      expect(server.calls).toHaveLength(0);
    });

    it.each([
      [400, 'challenge.none'],
      [404, 'credential.not_found'],
      [409, 'challenge.none'],
    ])('reads %d as %s', async (status, code) => {
      server.plan(SUBMIT, { status });
      const result = await tink.credentials.submitSupplementalInformation(ref, challenge, answers, call);
      expect(result).toMatchObject({ failure: { code } });
    });
  });

  it('labels its calls with templates only', async () => {
    server.plan(`GET ${ONE}`, json(fixture('credentials-updated')));
    await tink.credentials.get(ref, call);
    expect(tink.observer.calls.map(({ operation }) => operation)).toEqual([
      'POST /api/v1/oauth/token',
      'POST /api/v1/oauth/authorization-grant',
      'POST /api/v1/oauth/token',
      'GET /api/v1/credentials/{id}',
    ]);
  });

  it('refuses an id that would change the path', async () => {
    const evil = { user, credentialId: new Opened('..') };
    await expect(tink.credentials.get(evil, call)).rejects.toThrow(RangeError);
  });
});
