import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import type { LinkReturn } from '../../credentials/link-flow.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { ProviderServerFake, Reply } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/flanks/fixture.js';
import { flanksUnderTest } from '../../../test/fixtures/flanks/flanks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const CREATE = 'POST /connect/v2/sessions/create-session';
const FIND = 'POST /connect/v2/sessions/list-sessions';
const STATUS = 'POST /v0/bank/credentials/status';
const CONNECTORS = 'POST /connect/v2/connectors/list-connectors';
const NOW = new Date('2026-11-20T10:00:00Z');
const user = 'cust-1' as ProviderUserRef;
const credential = { user, credentialId: new Opened('ct_1') };
const state = new Opened('state-1');
const callbackUrl = 'https://mooring.test/link/flanks/callback';
const call = { signal: new AbortController().signal };
const json = (body: unknown, status = 200): Reply => ({ status, body });
const session = (change: Record<string, unknown> = {}) => ({
  ...{ session_id: 'ses_1', status: 'Waiting:ProvideCredentials', connection_id: null, error_code: null, ...change },
});
const found = (change: Record<string, unknown>) => json({ items: [session(change)], next_page_token: null });
const visit = (purpose: LinkReturn['purpose'] = 'connect'): LinkReturn => ({
  ...{ user, purpose, state, callbackUrl, handle: new Opened('ses_1') },
  ...(purpose !== 'connect' && { credential }),
});

describe('A visit as a Connect session', () => {
  let server: ProviderServerFake;
  let flanks: ReturnType<typeof flanksUnderTest>;

  withProviderServer(NOW.toISOString(), (given) => {
    ({ server } = given);
    flanks = flanksUnderTest(server.url, given.clock, { flow: 'session' });
    server.always('POST /v0/token', json({ access_token: 'tok', expires_in: 3600 }));
    return flanks;
  });

  const complete = async (text: string, of = visit()) =>
    flanks.session.complete(of, new Map(new URLSearchParams(text)), call);
  const sent = (route: string) => JSON.parse(server.callsTo(route)[0]?.body ?? '{}') as unknown;

  it('is of the provider whose flow is session', () => {
    expect(flanks.provider.links).toBe(flanks.session);
  });

  const connectors = json({ items: [{ connector_id: 'esp:testbank', name: 'TestBank' }], next_page_token: null });

  describe('begins', () => {
    const begin = async (change: Partial<Parameters<typeof flanks.session.begin>[0]> = {}) =>
      flanks.session.begin({ user, purpose: 'connect', state, callbackUrl, ...change }, call);

    it.each(['esp:testbank', 'testbank'])(
      'with the bank %s and an address that brings our state back',
      async (bank) => {
        server
          .plan(CONNECTORS, connectors)
          .plan(CREATE, json({ session: session({ url: 'https://connect.flanks.test/s/1' }) }));
        const begun = await begin({ institutionId: bank });
        expect(begun.ok && begun.value.url.reveal('test')).toBe('https://connect.flanks.test/s/1');
        expect(begun.ok && begun.value.handle?.reveal('test')).toBe('ses_1');
        const redirect_url = `${callbackUrl}?state=state-1`;
        expect(sent(CREATE)).toEqual({ configuration: { redirect_url, connector_id: 'esp:testbank' } });
      },
    );

    it('with a bank that the directory does not have: Flanks decides', async () => {
      server
        .plan(CONNECTORS, json('<html>'))
        .plan(CREATE, json({ success: false, error: { code: 'ValidationError' } }, 400));
      expect(await begin({ institutionId: 'nowhere' })).toMatchObject({ failure: { code: 'provider.bad_response' } });
      expect(sent(CREATE)).toMatchObject({ configuration: { connector_id: 'nowhere' } });
    });

    it.each(['renew', 'update_login'] as const)('to %s with the connection', async (purpose) => {
      server.plan(CREATE, json({ session: session({ session_url: 'https://connect.flanks.test/s/1' }) }));
      expect(await begin({ purpose, credential, institutionId: 'esp:testbank' })).toMatchObject({ ok: true });
      const redirect_url = `${callbackUrl}?state=state-1`;
      expect(sent(CREATE)).toEqual({ configuration: { redirect_url, connection_id: 'ct_1' } });
      expect(await begin({ purpose })).toMatchObject({ failure: { code: 'credential.not_found' } });
    });

    it.each([
      [json({ session: session() }), 'provider.bad_response'],
      [json({ session: session({ url: 'nowhere' }) }), 'provider.bad_response'],
      [json(session({ url: 'https://x.test/' })), 'provider.bad_response'],
      [json({ success: false, error: { code: 'ValidationError' } }, 400), 'provider.bad_response'],
      [{ status: 429 }, 'provider.rate_limited'],
    ])('not with %j', async (reply, code) => {
      server.plan(CREATE, reply);
      expect(await begin()).toMatchObject({ failure: { code } });
    });

    it('not for a connection that is gone', async () => {
      server.plan(CREATE, json({ success: false, error: { code: 'NotFound' } }, 400));
      expect(await begin({ purpose: 'renew', credential })).toMatchObject({
        failure: { code: 'credential.not_found' },
      });
    });
  });

  describe('that ended well', () => {
    it('is verified at Flanks and shows the new credential', async () => {
      server.plan(FIND, json(fixture('session-finished'))).plan(STATUS, json(fixture('status-pending')));
      const result = await complete('session_id=ses_1');
      expect(result).toMatchObject({
        value: { kind: 'connected', snapshot: { institutionId: 'testbank', observation: { state: 'pending' } } },
      });
      expect(sent(FIND)).toEqual({ query: { session_id_in: ['ses_1'] }, page_token: null });
      expect(sent(STATUS)).toEqual({ credentials_token: 'ct_new' });
    });

    it('after a repair may name no credential', async () => {
      server.plan(FIND, found({ status: 'Finished:OK' }), found({ status: 'Finished:OK' }));
      server.plan(STATUS, json(fixture('status-active')));
      expect(await complete('', visit('renew'))).toMatchObject({ value: { kind: 'connected' } });
      expect(sent(STATUS)).toEqual({ credentials_token: 'ct_1' });
      expect(await complete('')).toMatchObject({ failure: { code: 'provider.bad_response' } });
    });

    it('is asked for again when the credential cannot be read', async () => {
      server.plan(FIND, json(fixture('session-finished'))).plan(STATUS, json('<html>'));
      expect(await complete('')).toMatchObject({ failure: { code: 'provider.bad_response' } });
    });
  });

  it.each([
    ['InvalidCredentials', { kind: 'ended', cause: 'wrong_credentials', providerReason: 'InvalidCredentials' }],
    ['InvalidChallengeResponse', { kind: 'ended', cause: 'challenge_failed' }],
    ['UnsupportedChallengeMethod', { kind: 'ended', cause: 'unsupported_method' }],
    ['UserInteractionNeeded', { kind: 'ended', cause: 'act_at_bank' }],
    ['InternalError', { kind: 'ended', cause: 'provider_unavailable' }],
    ['CredentialsAlreadyExist', { kind: 'duplicate' }],
    [null, { kind: 'ended', cause: 'unknown', providerReason: 'UNKNOWN' }],
  ])('that ended with %j is %j', async (errorCode, outcome) => {
    server.plan(FIND, found({ status: 'Finished:Error', error_code: errorCode }));
    expect(await complete('session_id=ses_1')).toMatchObject({ value: outcome });
    expect(flanks.observer.words).toEqual([]);
  });

  it('that ended with a word that nobody knows has ended, and is counted', async () => {
    server.plan(FIND, found({ status: 'Finished:Error', error_code: 'BankOnFire' }));
    expect(await complete('')).toMatchObject({
      value: { kind: 'ended', cause: 'unknown', providerReason: 'BankOnFire' },
    });
    expect(flanks.observer.words).toEqual([{ provider: 'flanks', kind: 'session error', word: 'BankOnFire' }]);
  });

  it.each(['Processing:ProvideCredentials', 'Processing:Challenge', 'Resting'])(
    'that is %s is not ready',
    async (status) => {
      server.plan(FIND, found({ status }), found({ status }));
      expect(await complete('')).toEqual({
        ok: true,
        value: { kind: 'not_ready', retryAt: new Date(NOW.getTime() + 10_000) },
      });
      expect(await flanks.session.recover(visit(), call)).toEqual({ ok: true, value: null });
      expect(flanks.observer.words).toHaveLength(status === 'Resting' ? 2 : 0);
    },
  );

  it('that still waits for a user who is back has been left', async () => {
    const status = 'Waiting:Challenge';
    server.plan(FIND, found({ status }), found({ status }));
    expect(await complete('session_id=ses_1')).toMatchObject({ value: { kind: 'ended', cause: 'user_cancelled' } });
    expect(await flanks.session.recover(visit(), call)).toEqual({ ok: true, value: null });
  });

  it('never becomes that of another session', async () => {
    for (const brought of ['ses_2', '', 'ses_1 ']) {
      expect(await complete(`session_id=${encodeURIComponent(brought)}`)).toMatchObject({
        failure: { code: 'authorization.invalid_code', mayHaveHappened: false },
      });
    }
    const { handle: _lost, ...bare } = visit();
    expect(await complete('', bare)).toMatchObject({ failure: { code: 'authorization.invalid_code' } });
    expect(server.calls).toEqual([]);
    server.plan(FIND, found({ session_id: 'ses_2', status: 'Finished:OK', connection_id: 'ct_x' }));
    expect(await complete('')).toMatchObject({ failure: { code: 'provider.bad_response' } });
  });
});
