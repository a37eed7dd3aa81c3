import type { CredentialRef } from '../../credentials/credential-ref.js';
import type { LinkRequest, LinkReturn } from '../../credentials/link-flow.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { MovableClock } from '../../platform/time/clock.js';
import type { ProviderServerFake } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/flinks/fixture.js';
import {
  AUTHORIZE,
  call,
  card,
  INSTITUTIONS,
  json,
  LOGIN_ID,
  refused,
  REQUEST_ID,
  TOKEN,
  token,
  user,
} from '../../../test/fixtures/flinks/flinks-bench.js';
import { CONNECT_URL, flinksUnderTest } from '../../../test/fixtures/flinks/flinks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const OTHER_ID = '11111111-2222-4333-8444-555555555555';
const callbackUrl = 'https://app.test/link/flinks/callback';
const state = new Opened('state-1');
const request: LinkRequest = { user, purpose: 'connect', state, callbackUrl, locale: 'fr_CA', reference: 'cust-ref' };
const provisional: CredentialRef = { user, credentialId: new Opened(`request:${REQUEST_ID}:FlinksCapital`) };

describe('FlinksLinkFlow', () => {
  let server: ProviderServerFake;
  let clock: MovableClock;
  let flinks: ReturnType<typeof flinksUnderTest>;

  withProviderServer('2026-01-05T14:00:00Z', (given) => {
    ({ server, clock } = given);
    flinks = flinksUnderTest(server.url, clock);
    server.always(TOKEN, token('tok-1')).always(INSTITUTIONS, json(fixture('institutions')));
    return flinks;
  });

  const begin = async (more: Partial<LinkRequest> = {}) => {
    const result = await flinks.links.begin({ ...request, ...more }, call);
    if (!result.ok) throw new Error(result.failure.code);
    const url = new URL(result.value.url.reveal('test'));
    return { ...result.value, page: url.origin + url.pathname, query: Object.fromEntries(url.searchParams) };
  };
  const visit = async (more: Partial<LinkReturn> = {}): Promise<LinkReturn> => {
    const { handle } = await begin();
    return { user, purpose: 'connect', state, callbackUrl, ...(handle && { handle }), ...more };
  };
  const complete = async (returned: LinkReturn, query: Readonly<Record<string, string>>) =>
    flinks.links.complete(returned, new Map(Object.entries(query)), call);
  const withRefresh = (lastRefresh: string, id = LOGIN_ID) =>
    json({ ...fixture('authorize-200'), Login: { Id: id, Username: 'Greatday', LastRefresh: lastRefresh } });

  describe('begin', () => {
    it('opens Flinks Connect with a token of its own', async () => {
      const begun = await begin();
      expect(begun).toMatchObject({
        page: `${CONNECT_URL}/v2/`,
        expiresAt: new Date('2026-01-05T14:30:00Z'),
        query: {
          authorizeToken: 'tok-1',
          language: 'fr',
          tag: 'cust-ref',
          redirectUrl: `${callbackUrl}?state=state-1`,
        },
      });
      expect(JSON.stringify(begun.url)).not.toContain('tok-1');
    });

    it('opens the form of a bank that is named, and the list for one that is not there', async () => {
      expect((await begin({ institutionId: 'FlinksCapital' })).page).toBe(`${CONNECT_URL}/v2/Credential/14`);
      expect((await begin({ institutionId: 'No Bank' })).page).toBe(`${CONNECT_URL}/v2/`);
    });

    it('opens the form of its bank for a new login', async () => {
      const begun = await begin({ purpose: 'update_login', credential: card });
      expect(begun.page).toBe(`${CONNECT_URL}/v2/Credential/14`);
    });

    it('renews by the RequestId and the token of a live login', async () => {
      server.plan(AUTHORIZE, json(fixture('authorize-203'), 203));
      const begun = await begin({ purpose: 'renew', credential: card });
      expect(begun).toMatchObject({
        page: `${CONNECT_URL}/v2/`,
        expiresAt: new Date('2026-01-05T14:08:00Z'),
        query: { requestId: REQUEST_ID, authorizeToken: 'tok-1' },
      });
      expect(JSON.parse(server.callsTo(AUTHORIZE)[0]?.body ?? '')).toEqual({
        LoginId: LOGIN_ID,
        MostRecentCached: false,
        Save: true,
      });
    });

    it('comes straight back when the bank asks for nothing', async () => {
      server.plan(AUTHORIZE, json(fixture('authorize-200')));
      const begun = await begin({ purpose: 'renew', credential: card });
      expect(begun).toMatchObject({ page: callbackUrl, query: { state: 'state-1', loginId: LOGIN_ID } });
    });

    it.each([['INVALID_PASSWORD'], ['QUESTION_NOT_FOUND']])('%s on renewal opens the login form', async (code) => {
      server.plan(AUTHORIZE, refused(code));
      expect((await begin({ purpose: 'renew', credential: card })).page).toBe(`${CONNECT_URL}/v2/Credential/14`);
    });

    it('a creation that got no id begins with the login form', async () => {
      expect((await begin({ purpose: 'renew', credential: provisional })).page).toBe(`${CONNECT_URL}/v2/Credential/14`);
    });

    it.each([
      ['RETRY_LATER', 'provider.unavailable'],
      ['CONCURRENT_SESSION', 'credential.busy'],
      ['ACCESS_DENIED', 'provider.misconfigured'],
    ])('%s on renewal is %s', async (code, failure) => {
      server.plan(AUTHORIZE, refused(code));
      const result = await flinks.links.begin({ ...request, purpose: 'renew', credential: card }, call);
      expect(result).toMatchObject({ failure: { code: failure } });
    });

    it('an instance without tokens has pages without an end', async () => {
      const bare = flinksUnderTest(server.url, clock, { secretKey: null });
      expect(await bare.links.begin(request, call)).toMatchObject({ value: { expiresAt: null } });
      bare.close();
    });
  });

  describe('complete', () => {
    it('takes a LoginId only from Flinks, and follows its data', async () => {
      const returned = await visit();
      clock.advance(3 * 60_000);
      server.plan(AUTHORIZE, json(fixture('authorize-200')));
      const result = await complete(returned, { loginId: LOGIN_ID.toUpperCase(), institution: 'Evil Bank' });
      if (!result.ok || result.value.kind !== 'connected') throw new Error('Not connected.');
      const { snapshot } = result.value;
      expect(snapshot.credentialId.reveal('test')).toBe(`login:${LOGIN_ID}:FlinksCapital`);
      expect(snapshot).toMatchObject({ institutionId: 'FlinksCapital', observation: { state: 'syncing' } });
      expect(snapshot.loginIdentity?.reveal('test')).toBe('greatday\nfr');
      expect(snapshot.observation.sessionRef).toBeDefined();
      expect(JSON.parse(server.callsTo(AUTHORIZE)[0]?.body ?? '')).toEqual({
        LoginId: LOGIN_ID,
        MostRecentCached: true,
      });
    });

    it('a LoginId that Flinks does not have is no connection', async () => {
      const returned = await visit();
      server.plan(AUTHORIZE, refused('INVALID_LOGIN'));
      expect(await complete(returned, { loginId: OTHER_ID })).toMatchObject({
        value: { kind: 'ended', cause: 'unknown', providerReason: 'INVALID_LOGIN' },
      });
    });

    it('a LoginId that was not at the bank since the visit began is not taken', async () => {
      const returned = await visit();
      server.plan(AUTHORIZE, withRefresh('2026-01-05T13:00:00'), withRefresh('2026-01-05T13:00:00'));
      const early = await complete(returned, { loginId: LOGIN_ID });
      expect(early).toMatchObject({ value: { kind: 'not_ready', retryAt: new Date('2026-01-05T14:00:10Z') } });
      if (!early.ok || early.value.kind !== 'not_ready' || !early.value.handle) throw new Error('Not waiting.');
      clock.advance(32 * 60_000);
      const late = await flinks.links.recover({ ...returned, handle: early.value.handle }, call);
      expect(late).toMatchObject({ value: { kind: 'ended', providerReason: 'NO_FRESH_DATA' } });
    });

    it('waits while Flinks still works, and finds it later', async () => {
      const returned = await visit();
      server.plan(AUTHORIZE, json(fixture('pending-202'), 202), json(fixture('authorize-200')));
      const first = await complete(returned, { loginId: LOGIN_ID });
      if (!first.ok || first.value.kind !== 'not_ready' || !first.value.handle) throw new Error('Not waiting.');
      clock.advance(10_000);
      const found = await flinks.links.recover({ ...returned, handle: first.value.handle }, call);
      expect(found).toMatchObject({ value: { kind: 'connected' } });
    });

    it('a repair keeps the id that is known', async () => {
      const returned = await visit({ purpose: 'renew', credential: card });
      server.plan(AUTHORIZE, json(fixture('authorize-200')));
      const result = await complete(returned, { loginId: LOGIN_ID });
      expect(result.ok && result.value.kind === 'connected' && result.value.snapshot.credentialId).toBe(
        card.credentialId,
      );
    });

    it('a repair with another login tells which, so that it can be refused', async () => {
      const returned = await visit({ purpose: 'renew', credential: card });
      server.plan(AUTHORIZE, withRefresh('2020-01-01T00:00:00', OTHER_ID));
      const result = await complete(returned, { loginId: OTHER_ID });
      if (!result.ok || result.value.kind !== 'connected') throw new Error('Not connected.');
      expect(result.value.snapshot.credentialId.reveal('test')).toBe(`login:${OTHER_ID}:FlinksCapital`);
    });

    it('a creation that got no id gets one', async () => {
      const returned = await visit({ purpose: 'update_login', credential: provisional });
      server.plan(AUTHORIZE, json(fixture('authorize-200')));
      const result = await complete(returned, { loginId: LOGIN_ID });
      if (!result.ok || result.value.kind !== 'connected') throw new Error('Not connected.');
      const { credentialId, observation } = result.value.snapshot;
      expect(credentialId).toBe(provisional.credentialId);
      expect(observation.credentialId?.reveal('test')).toBe(`login:${LOGIN_ID}:FlinksCapital`);
    });

    it.each([
      ['an error', { error: 'INVALID_PASSWORD' }, 'wrong_credentials', 'INVALID_PASSWORD'],
      ['a refusal by the user', { error: 'access_denied' }, 'user_cancelled', 'ACCESS_DENIED'],
      ['a text', { error: 'user typed <b>1234</b>' }, 'unknown', 'UNREADABLE_CODE'],
      ['nothing', {}, 'unknown', 'NO_LOGIN_ID'],
      ['a path', { loginId: '../DeleteCard' }, 'unknown', 'NO_LOGIN_ID'],
    ])('with %s it is over without a call', async (_what, query, cause, providerReason) => {
      expect(await complete(await visit(), query)).toEqual({
        ok: true,
        value: { kind: 'ended', cause, providerReason },
      });
      expect(server.callsTo(AUTHORIZE)).toHaveLength(0);
    });

    it('trouble is a failure, not an end', async () => {
      const returned = await visit();
      server.plan(AUTHORIZE, refused('TOO_MANY_REQUESTS', 429), { status: 502, body: '<html>' });
      expect(await complete(returned, { loginId: LOGIN_ID })).toMatchObject({
        failure: { code: 'provider.rate_limited' },
      });
      expect(await complete(returned, { loginId: LOGIN_ID })).toMatchObject({
        failure: { code: 'provider.unavailable' },
      });
    });
  });

  describe('recover', () => {
    it('has nothing to look at for a new connection', async () => {
      expect(await flinks.links.recover(await visit(), call)).toEqual({ ok: true, value: null });
    });

    it('finds a renewal by data that is newer than the visit', async () => {
      const returned = await visit({ purpose: 'renew', credential: card });
      server.plan(AUTHORIZE, withRefresh('2026-01-05T13:59:59'), withRefresh('2026-01-05T14:01:00'));
      expect(await flinks.links.recover(returned, call)).toEqual({ ok: true, value: null });
      expect(await flinks.links.recover(returned, call)).toMatchObject({ value: { kind: 'connected' } });
    });
  });
});
