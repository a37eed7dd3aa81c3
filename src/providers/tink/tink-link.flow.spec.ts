import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import type { LinkRequest, LinkReturn } from '../../credentials/link-flow.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { ProviderServerFake } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/tink/fixture.js';
import { alwaysAuthorised, CLIENT, tinkUnderTest } from '../../../test/fixtures/tink/tink-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const DELEGATE = 'POST /api/v1/oauth/authorization-grant/delegate';
const LIST = 'GET /api/v1/credentials/list';
const ID = '9a1b2c3d4e5f60718293a4b5c6d7e8f9';
const GET = `GET /api/v1/credentials/${ID}`;
const DELETE = `DELETE /api/v1/credentials/${ID}`;
const CONSENTS = 'GET /api/v1/provider-consents';

const user = 'cust-1' as ProviderUserRef;
const call = { signal: new AbortController().signal };
const state = new Opened('state-1');
const callbackUrl = 'https://mooring.test/link/tink/callback';
const request: LinkRequest = { user, purpose: 'connect', state, callbackUrl };
const visit: LinkReturn = { user, purpose: 'connect', state, callbackUrl };
const credential = { user, credentialId: new Opened(ID) };
const known = (...ids: readonly string[]) => new Opened(JSON.stringify({ kind: 'connect', known: ids }));
const query = (values: Readonly<Record<string, string>>) => new Map(Object.entries(values));

describe('TinkLinkFlow', () => {
  let server: ProviderServerFake;
  let tink: ReturnType<typeof tinkUnderTest>;

  withProviderServer('2026-01-05T08:00:00Z', (given) => {
    ({ server } = given);
    tink = tinkUnderTest(server.url, given.clock);
    alwaysAuthorised(server);
    return tink;
  });

  const updated = { status: 200, body: fixture('credentials-updated') };

  describe('begin', () => {
    it('gets a code for Tink Link and puts it into the address', async () => {
      server.plan(LIST, { status: 200, body: { credentials: [fixture('credentials-updated')] } });
      server.plan(DELEGATE, { status: 200, body: { code: 'delegated' } });
      const begun = await tink.links.begin({ ...request, institutionId: 'de-bank', locale: 'de_DE' }, call);
      if (!begun.ok) throw new Error(begun.failure.code);
      const url = new URL(begun.value.url.reveal('test'));
      expect(url.origin + url.pathname).toBe('https://link.tink.test/1.0/transactions/connect-accounts');
      expect(Object.fromEntries(url.searchParams)).toMatchObject({
        ...{ client_id: CLIENT.id, authorization_code: 'delegated', state: 'state-1', redirect_uri: callbackUrl },
        ...{ input_provider: 'de-bank', market: 'DE', locale: 'de_DE' },
      });
      expect(begun.value.expiresAt).toBeNull();
      expect(begun.value.handle?.reveal('test')).toContain(ID);
      expect(Object.fromEntries(new URLSearchParams(server.callsTo(DELEGATE)[0]?.body))).toEqual({
        external_user_id: 'cust-1',
        id_hint: 'Account holder',
        actor_client_id: 'df05e4b379934cd09963197cc855bfe9',
        scope:
          'authorization:grant,authorization:read,credentials:read,credentials:refresh,credentials:write,providers:read,user:read',
      });
      expect(JSON.stringify(begun)).not.toMatch(/delegated|state-1|9a1b2c3d/);
    });

    it('renews a credential that Tink has', async () => {
      server.plan(GET, updated);
      server.plan(DELEGATE, { status: 200, body: { code: 'delegated' } });
      const begun = await tink.links.begin({ ...request, purpose: 'renew', credential }, call);
      if (!begun.ok) throw new Error(begun.failure.code);
      const url = new URL(begun.value.url.reveal('test'));
      expect(url.pathname).toBe('/1.0/transactions/update-consent');
      expect(url.searchParams.get('credentials_id')).toBe(ID);
      expect(url.searchParams.get('test')).toBe('true');
    });

    it('does not begin for a credential that is gone', async () => {
      server.plan(GET, { status: 404 });
      const begun = await tink.links.begin({ ...request, purpose: 'renew', credential }, call);
      expect(begun).toMatchObject({ failure: { code: 'credential.not_found', mayHaveHappened: false } });
      expect(await tink.links.begin({ ...request, purpose: 'renew' }, call)).toMatchObject({
        failure: { code: 'credential.not_found' },
      });
    });

    it('sends a new login to the API instead', async () => {
      expect(await tink.links.begin({ ...request, purpose: 'update_login', credential }, call)).toMatchObject({
        failure: { code: 'capability_unsupported', instead: 'PUT /v1/connections/{id}/login' },
      });
    });

    it.each([
      [400, 'provider.misconfigured'],
      [403, 'provider.misconfigured'],
      [404, 'provider_user.not_found'],
      [200, 'provider.bad_response'],
    ])('reads %d for the code as %s', async (status, code) => {
      server.plan(LIST, { status: 200, body: { credentials: [] } });
      server.plan(DELEGATE, { status, body: { code: 7 } });
      expect(await tink.links.begin(request, call)).toMatchObject({ failure: { code, mayHaveHappened: false } });
    });
  });

  describe('complete', () => {
    it.each(['credentials_id', 'credentialsId'])('asks Tink for the credential in %s', async (name) => {
      server.plan(GET, updated);
      const outcome = await tink.links.complete({ ...visit, handle: known() }, query({ [name]: ID }), call);
      expect(outcome).toMatchObject({
        value: { kind: 'connected', snapshot: { institutionId: 'se-demobank-password' } },
      });
      expect(JSON.stringify(outcome)).not.toContain(ID);
    });

    it('takes no credential that the user does not have, and asks for none that is no id', async () => {
      server.plan(GET, { status: 404 });
      for (const id of [ID, '../../x', '']) {
        expect(await tink.links.complete(visit, query({ credentials_id: id }), call)).toMatchObject({
          failure: { code: 'credential.not_found', mayHaveHappened: false },
        });
      }
      expect(server.callsTo(GET)).toHaveLength(1);
    });

    it('calls a credential that was there before a duplicate', async () => {
      const handle = known(ID);
      const duplicate = { error: 'BAD_REQUEST', error_reason: 'INVALID_STATE_DUPLICATE_CREDENTIALS' };
      for (const values of [{ credentials_id: ID }, { ...duplicate, credentials: ID }]) {
        const outcome = await tink.links.complete({ ...visit, handle }, query(values), call);
        if (!outcome.ok || outcome.value.kind !== 'duplicate') throw new Error('No duplicate.');
        expect(outcome.value.credentialId?.reveal('test')).toBe(ID);
      }
      for (const values of [duplicate, { ...duplicate, credentials: 'f'.repeat(32) }]) {
        const outcome = await tink.links.complete({ ...visit, handle }, query(values), call);
        expect(outcome).toEqual({ ok: true, value: { kind: 'duplicate' } });
      }
    });

    const FAILED = { error: 'AUTHENTICATION_ERROR', error_reason: 'STATIC_CREDENTIALS_INCORRECT', credentials: ID };
    const ended = {
      ok: true,
      value: { kind: 'ended', cause: 'wrong_credentials', providerReason: FAILED.error_reason },
    };
    const wrong = { status: 200, body: { ...fixture('credentials-authentication-error'), id: ID, updated: null } };

    it('takes away what a failed visit left at Tink', async () => {
      server
        .plan(GET, wrong)
        .plan(CONSENTS, { status: 200, body: { providerConsents: [] } })
        .plan(DELETE, { status: 204 });
      expect(await tink.links.complete({ ...visit, handle: known('other') }, query(FAILED), call)).toEqual(ended);
    });

    it('ends all the same when that fails', async () => {
      server.plan(GET, { status: 404 });
      expect(await tink.links.complete({ ...visit, handle: known() }, query(FAILED), call)).toEqual(ended);
    });

    it.each([
      ['works', known(), updated],
      ['once had data', known(), { ...wrong, body: { ...wrong.body, updated: 1767500000000 } }],
    ])('keeps a credential that %s', async (_case, handle, answer) => {
      server.plan(GET, answer);
      if (answer !== updated) server.plan(CONSENTS, { status: 200, body: { providerConsents: [] } });
      expect(await tink.links.complete({ ...visit, handle }, query(FAILED), call)).toEqual(ended);
    });

    it.each([
      ['was there before', { ...visit, handle: known(ID) }],
      ['cannot be told to be new', visit],
      ['was to be renewed', { ...visit, purpose: 'renew' as const, credential, handle: known() }],
    ])('does not even look at a credential that %s', async (_case, given) => {
      expect(await tink.links.complete(given, query(FAILED), call)).toEqual(ended);
    });
  });

  describe('recover', () => {
    it('finds nothing without a handle, or with a foreign one', async () => {
      for (const handle of [undefined, new Opened('v2 something')]) {
        expect(await tink.links.recover({ ...visit, ...(handle && { handle }) }, call)).toEqual({
          ok: true,
          value: null,
        });
      }
    });

    it('finds the new credential in the list', async () => {
      server.plan(LIST, { status: 200, body: { credentials: [fixture('credentials-updated')] } });
      expect(await tink.links.recover({ ...visit, handle: known('other') }, call)).toMatchObject({
        value: { kind: 'connected' },
      });
      server.plan(LIST, { status: 503 }, { status: 503 }, { status: 503 });
      expect(await tink.links.recover({ ...visit, handle: known('other') }, call)).toMatchObject({
        failure: { code: 'provider.unavailable' },
      });
    });

    it('looks whether the credential was healed', async () => {
      const handle = new Opened('{"kind":"renew","wasActive":false}');
      const renewal: LinkReturn = { ...visit, purpose: 'renew', credential, handle };
      server.plan(GET, updated, { status: 404 });
      expect(await tink.links.recover(renewal, call)).toMatchObject({ value: { kind: 'connected' } });
      expect(await tink.links.recover(renewal, call)).toEqual({ ok: true, value: null });
    });
  });
});
