import type { MovableClock } from '../../platform/time/clock.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { ProviderServerFake } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/flinks/fixture.js';
import {
  after,
  at,
  AUTHORIZE,
  AUTHORIZE_ASYNC,
  call,
  card,
  DETAIL,
  DETAIL_ASYNC,
  INSTITUTIONS,
  json,
  login,
  LOGIN_ID,
  QUESTIONS,
  refused,
  REQUEST_ID,
  TOKEN,
  token,
  user,
} from '../../../test/fixtures/flinks/flinks-bench.js';
import { API_KEY, flinksUnderTest, SECRET_KEY } from '../../../test/fixtures/flinks/flinks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const DELETE = at(`DELETE /DeleteCard/${LOGIN_ID}`);
const request = { user, institutionId: 'FlinksCapital', fields: login(), reference: 'cust-ref' };

describe('FlinksCredentialsService', () => {
  let server: ProviderServerFake;
  let clock: MovableClock;
  let flinks: ReturnType<typeof flinksUnderTest>;

  withProviderServer('2026-01-05T14:03:00Z', (given) => {
    ({ server, clock } = given);
    flinks = flinksUnderTest(server.url, clock);
    server.always(TOKEN, token('tok-1')).always(INSTITUTIONS, json(fixture('institutions')));
    return flinks;
  });

  const sent = (route: string, index = 0) => JSON.parse(server.callsTo(route)[index]?.body ?? 'null') as unknown;
  const created = async () => {
    const result = await flinks.credentials.create(request, call);
    if (!result.ok) throw new Error(result.failure.code);
    return result.value;
  };

  describe('create', () => {
    it('logs in live and saves, with a new token; then the data is on its way', async () => {
      server.plan(AUTHORIZE, json(fixture('authorize-200')));
      const snapshot = await created();
      expect(snapshot).toMatchObject({
        institutionId: 'FlinksCapital',
        observation: { state: 'syncing', cause: 'first_load', providerStatusAt: null },
      });
      expect(snapshot.credentialId.reveal('test')).toBe(`login:${LOGIN_ID}:FlinksCapital`);
      expect(snapshot.loginIdentity?.reveal('test')).toBe('greatday\nen');
      expect(sent(AUTHORIZE)).toEqual({
        Institution: 'FlinksCapital',
        Username: 'Greatday',
        Password: 'Everyday',
        Language: 'en',
        MostRecentCached: false,
        Save: true,
        Tag: 'cust-ref',
      });
      expect(server.callsTo(AUTHORIZE)[0]?.headers).toMatchObject({ 'flinks-auth-key': 'tok-1' });
      expect(server.callsTo(TOKEN)[0]?.headers).toMatchObject({ 'flinks-auth-key': SECRET_KEY });
      expect(server.callsTo(INSTITUTIONS)[0]?.headers).toMatchObject({ 'x-api-key': API_KEY });
    });

    it('names its user as the login did', async () => {
      server.plan(AUTHORIZE, json(fixture('authorize-200')));
      const found = await flinks.institutions.find('FlinksCapital', call);
      const { loginIdentity } = await created();
      const before = found.ok ? flinks.credentials.loginIdentity(found.value, login()) : null;
      expect(loginIdentity?.reveal('test')).toBe(before?.reveal('test'));
    });

    it('sends no password to a bank that is not there', async () => {
      const nowhere = { ...request, institutionId: 'No Bank' };
      expect(await flinks.credentials.create(nowhere, call)).toMatchObject({
        failure: { code: 'institution.unknown' },
      });
    });

    it('needs a username and a password', async () => {
      const result = await flinks.credentials.create({ ...request, fields: login('') }, call);
      expect(result).toMatchObject({ failure: { code: 'credential.invalid_input', pointer: '/fields' } });
    });

    it.each([
      ['INVALID_LOGIN', 'wrong_credentials'],
      ['INVALID_PASSWORD', 'wrong_credentials'],
      ['DISABLED_LOGIN', 'account_locked_at_bank'],
      ['NEW_ACCOUNT', 'act_at_bank'],
      ['UNAUTHORIZED', 'act_at_bank'],
    ])('%s is a blocked credential that stays so without a call', async (code, cause) => {
      server.plan(AUTHORIZE, refused(code));
      const { credentialId, observation } = await created();
      expect(observation).toMatchObject({ state: 'blocked', cause, providerStatus: code });
      const ref = { user, credentialId };
      expect(await flinks.credentials.get(ref, call)).toMatchObject({
        value: { observation: { state: 'blocked', cause, providerStatus: code } },
      });
      expect(await flinks.credentials.delete(ref, call)).toEqual({ ok: true, value: { alreadyGone: true } });
      expect(await flinks.credentials.refresh(ref, { userPresent: true }, call)).toMatchObject({
        failure: { code: 'credential.not_refreshable' },
      });
    });

    it.each([
      ['RETRY_LATER', 401, 'provider.unavailable', false],
      ['DISABLED_INSTITUTION', 405, 'provider.unavailable', false],
      ['AGGREGATION_ERROR', 500, 'provider.unavailable', true],
      ['CONCURRENT_SESSION', 401, 'credential.busy', false],
      ['TOO_MANY_REQUESTS', 401, 'provider.rate_limited', false],
      ['TOO_MANY_REQUESTS', 403, 'provider.rate_limited', false],
      ['INVALID_REQUEST', 400, 'credential.invalid_input', false],
      ['ACCESS_DENIED', 401, 'provider.misconfigured', false],
      ['NOT_YET_INVENTED', 401, 'provider.bad_response', false],
    ])('%s with %i leaves nothing behind and is %s', async (code, status, failure, mayHaveHappened) => {
      server.plan(AUTHORIZE, refused(code, status));
      expect(await flinks.credentials.create(request, call)).toMatchObject({
        failure: { code: failure, mayHaveHappened },
      });
    });

    it('UNAUTHORIZED without a token of ours is about us', async () => {
      const bare = flinksUnderTest(server.url, clock, { secretKey: null });
      server.plan(AUTHORIZE, refused('UNAUTHORIZED'));
      expect(await bare.credentials.create(request, call)).toMatchObject({
        failure: { code: 'provider.misconfigured' },
      });
      expect(server.callsTo(AUTHORIZE)[0]?.headers).not.toHaveProperty('flinks-auth-key');
      expect(server.callsTo(TOKEN)).toHaveLength(0);
      bare.close();
    });

    it.each([['<html>'], ['[]'], ['null'], ['{"HttpStatusCode":299}'], ['{"HttpStatusCode":203,"RequestId":"r"}']])(
      'calls the body %p a bad response that may have done something',
      async (body) => {
        server.plan(AUTHORIZE, { status: 200, body });
        expect(await flinks.credentials.create(request, call)).toMatchObject({
          failure: { code: 'provider.bad_response', mayHaveHappened: true },
        });
      },
    );
  });

  describe('get', () => {
    it('follows a session: the data call first, then its Async twin, with the key of the data endpoints', async () => {
      server
        .plan(AUTHORIZE, json(fixture('authorize-200')))
        .plan(DETAIL, json(fixture('pending-202'), 202))
        .plan(DETAIL_ASYNC, json(fixture('pending-202'), 202), json(fixture('accounts-detail-200')));
      let ref = after(card, (await created()).observation);
      const states = [];
      for (let round = 0; round < 3; round += 1) {
        const read = await flinks.credentials.get(ref, call);
        if (!read.ok) throw new Error(read.failure.code);
        states.push(read.value.observation);
        ref = after(ref, read.value.observation);
      }
      expect(states).toMatchObject([
        { state: 'syncing', providerStatus: 'OPERATION_PENDING', providerStatusAt: null },
        { state: 'syncing', providerStatus: 'OPERATION_PENDING', providerStatusAt: null },
        { state: 'active', cause: 'none', dataAsOf: new Date('2026-01-05T14:05:30.765Z') },
      ]);
      expect(sent(DETAIL)).toEqual({ RequestId: REQUEST_ID, DaysOfTransactions: 'Days365' });
      expect(server.callsTo(DETAIL)[0]?.headers).toMatchObject({ 'x-api-key': API_KEY });
      expect(states[2]).not.toHaveProperty('sessionRef');
    });

    it('reads a settled card from the cache; LastRefresh is UTC', async () => {
      server.plan(AUTHORIZE, json({ ...fixture('authorize-200'), News: [1], Login: { ...loginBody(), Mood: 'new' } }));
      expect(await flinks.credentials.get(card, call)).toMatchObject({
        value: {
          institutionId: 'FlinksCapital',
          loginIdentity: null,
          observation: {
            state: 'active',
            providerStatus: 'OK',
            providerStatusAt: new Date('2026-01-05T14:03:11.123Z'),
            dataAsOf: new Date('2026-01-05T14:03:11.123Z'),
          },
        },
      });
      expect(sent(AUTHORIZE)).toEqual({ LoginId: LOGIN_ID, MostRecentCached: true });
    });

    it('a card without data is still loading', async () => {
      server.plan(AUTHORIZE, json({ ...fixture('authorize-200'), Login: { Id: LOGIN_ID } }));
      expect(await flinks.credentials.get(card, call)).toMatchObject({
        value: { observation: { state: 'pending', cause: 'first_load' } },
      });
    });

    it.each([
      ['RETRY_LATER', 401, 'retrying', 'bank_unavailable'],
      ['AGGREGATION_ERROR', 500, 'retrying', 'provider_unavailable'],
      ['DISABLED_INSTITUTION', 405, 'retrying', 'institution_disabled'],
      ['QUESTION_NOT_FOUND', 401, 'reauth_required', 'sca_required'],
      ['INVALID_PASSWORD', 401, 'blocked', 'wrong_credentials'],
      ['DISABLED_LOGIN', 401, 'blocked', 'account_locked_at_bank'],
      ['NOT_YET_INVENTED', 418, 'retrying', 'unknown'],
    ])('%s with %i, the error of the last attempt, is %s/%s', async (code, status, state, cause) => {
      server.plan(AUTHORIZE, refused(code, status));
      expect(await flinks.credentials.get(card, call)).toMatchObject({
        value: { observation: { state, cause, providerStatus: code, providerStatusAt: null } },
      });
      const words = code === 'NOT_YET_INVENTED' ? [{ provider: 'flinks', kind: 'FlinksCode', word: code }] : [];
      expect(flinks.observer.words).toEqual(words);
    });

    it.each([
      ['a card that Flinks does not have', refused('INVALID_LOGIN', 400), 'credential.not_found'],
      ['the same in other words', refused('INVALID_REQUEST'), 'credential.not_found'],
    ])('INVALID_LOGIN is checked: %s', async (_what, questions, code) => {
      server.plan(AUTHORIZE, refused('INVALID_LOGIN')).plan(QUESTIONS, questions);
      expect(await flinks.credentials.get(card, call)).toMatchObject({ failure: { code } });
    });

    it.each([
      ['a card that is there', json({ Message: 'SUCCESS', Questions: [] })],
      ['an instance that cannot tell', refused('METHOD_NOT_AVAILABLE', 501)],
    ])('INVALID_LOGIN is a wrong login for %s', async (_what, questions) => {
      server.plan(AUTHORIZE, refused('INVALID_LOGIN')).plan(QUESTIONS, ...[questions, questions, questions]);
      expect(await flinks.credentials.get(card, call)).toMatchObject({
        value: { observation: { state: 'blocked', cause: 'wrong_credentials' } },
      });
      server.reset();
    });

    it('a session that is over says nothing; what is stored does', async () => {
      server
        .plan(AUTHORIZE, json(fixture('authorize-200')), json(fixture('authorize-200')))
        .plan(DETAIL, refused('SESSION_NONEXISTENT', 400));
      const ref = after(card, (await created()).observation);
      expect(await flinks.credentials.get(ref, call)).toMatchObject({ value: { observation: { state: 'active' } } });
      expect(sent(AUTHORIZE, 1)).toEqual({ LoginId: LOGIN_ID, MostRecentCached: true });
    });

    it.each([
      ['SESSION_EXPIRED', 401, { value: { observation: { state: 'retrying', cause: 'provider_unavailable' } } }],
      ['NO_TRANSACTION', 401, { value: { observation: { state: 'active', cause: 'none' } } }],
      ['UNAUTHORIZED', 401, { failure: { code: 'provider.misconfigured' } }],
      ['TOO_MANY_REQUESTS', 401, { failure: { code: 'provider.rate_limited', mayHaveHappened: false } }],
    ])('%s of a data call', async (code, status, expected) => {
      server.plan(AUTHORIZE, json(fixture('authorize-200'))).plan(DETAIL, refused(code, status));
      const ref = after(card, (await created()).observation);
      expect(await flinks.credentials.get(ref, call)).toMatchObject(expected);
    });

    it('does not know an id that is none of ours', async () => {
      const ref = { user, credentialId: new Opened('0'.repeat(32)) };
      expect(await flinks.credentials.get(ref, call)).toMatchObject({ failure: { code: 'credential.not_found' } });
      expect(await flinks.credentials.refresh(ref, { userPresent: true }, call)).toMatchObject({
        failure: { code: 'credential.not_found' },
      });
    });
  });

  describe('refresh and authenticate', () => {
    it('log in live with what is stored', async () => {
      server.plan(AUTHORIZE, json(fixture('authorize-200')), json(fixture('authorize-200')));
      const results = [
        await flinks.credentials.refresh(card, { userPresent: true }, call),
        await flinks.credentials.authenticate(card, {}, call),
      ];
      for (const result of results) {
        expect(result).toMatchObject({ value: { state: 'syncing', cause: 'none', providerStatusAt: null } });
      }
      expect(sent(AUTHORIZE)).toEqual({ LoginId: LOGIN_ID, MostRecentCached: false, Save: true });
    });

    it('a question with nobody there is left alone', async () => {
      server.plan(AUTHORIZE, json(fixture('authorize-203'), 203));
      const result = await flinks.credentials.refresh(card, { userPresent: false }, call);
      expect(result).toMatchObject({ value: { state: 'reauth_required', cause: 'sca_required' } });
      expect(result.ok && result.value).not.toHaveProperty('challenge');
    });

    it('RETRY_LATER, a 401, is nobody’s fault', async () => {
      server.plan(AUTHORIZE, refused('RETRY_LATER'));
      expect(await flinks.credentials.refresh(card, { userPresent: true }, call)).toMatchObject({
        value: { state: 'retrying', cause: 'bank_unavailable' },
      });
    });

    it.each([['CONCURRENT_SESSION'], ['CARD_IN_USE']])('%s is busy, with a time', async (code) => {
      server.plan(AUTHORIZE, refused(code, 400));
      expect(await flinks.credentials.refresh(card, { userPresent: true }, call)).toMatchObject({
        failure: { code: 'credential.busy', mayHaveHappened: false, retryAt: new Date('2026-01-05T14:04:00Z') },
      });
    });

    it('may be limited to the summary', async () => {
      const summary = at('POST /GetAccountsSummary');
      server.plan(AUTHORIZE, json(fixture('authorize-200'))).plan(summary, json(fixture('accounts-detail-200')));
      const options = { userPresent: true, items: ['AccountsSummary'] };
      const result = await flinks.credentials.refresh(card, options, call);
      if (!result.ok) throw new Error(result.failure.code);
      expect(await flinks.credentials.get(after(card, result.value), call)).toMatchObject({
        value: { observation: { state: 'active' } },
      });
    });

    it('knows what can be refreshed', async () => {
      const options = { userPresent: true, items: ['AccountsDetail', 'Everything'] };
      expect(await flinks.credentials.refresh(card, options, call)).toMatchObject({
        failure: { code: 'credential.invalid_input', pointer: '/items/1' },
      });
    });
  });

  describe('delete', () => {
    it.each([
      ['removes', json({ StatusCode: 200, Message: `LoginId ${LOGIN_ID} has been removed` }), false],
      ['has nothing to remove', json({ Message: 'Invalid LoginId' }), true],
      ['has nothing to remove, newer', refused('INVALID_LOGIN', 400), true],
    ])('%s', async (_what, reply, alreadyGone) => {
      server.plan(DELETE, reply);
      expect(await flinks.credentials.delete(card, call)).toEqual({ ok: true, value: { alreadyGone } });
    });

    it.each([
      ['CARD_IN_USE', 400, 'credential.busy'],
      ['INVALID_REQUEST', 401, 'credential.invalid_input'],
      ['ACCESS_DENIED', 401, 'provider.misconfigured'],
    ])('%s is no deletion', async (code, status, failure) => {
      server.plan(DELETE, refused(code, status));
      const retryAt = code === 'CARD_IN_USE' ? { retryAt: new Date('2026-01-05T14:04:00Z') } : {};
      expect(await flinks.credentials.delete(card, call)).toMatchObject({ failure: { code: failure, ...retryAt } });
    });

    describe('of a login that Flinks still works on', () => {
      const underWay = async () => {
        server.plan(AUTHORIZE, json(fixture('pending-202'), 202));
        const { credentialId, observation } = await created();
        expect(observation.state).toBe('authenticating');
        return after({ user, credentialId }, observation);
      };

      it('waits', async () => {
        const ref = await underWay();
        server.plan(AUTHORIZE_ASYNC, json(fixture('pending-202'), 202));
        expect(await flinks.credentials.delete(ref, call)).toMatchObject({
          failure: { code: 'credential.busy', retryAt: new Date('2026-01-05T14:03:10Z') },
        });
      });

      it('takes the card that it made', async () => {
        const ref = await underWay();
        server.plan(AUTHORIZE_ASYNC, json(fixture('authorize-200')));
        server.plan(DELETE, json({ StatusCode: 200, Message: `LoginId ${LOGIN_ID} has been removed` }));
        expect(await flinks.credentials.delete(ref, call)).toEqual({ ok: true, value: { alreadyGone: false } });
      });

      it.each([
        ['was refused', refused('INVALID_LOGIN')],
        ['asks', json(fixture('authorize-203'), 203)],
        ['is over', refused('SESSION_NONEXISTENT', 401)],
      ])('finds nothing where it %s', async (_what, reply) => {
        const ref = await underWay();
        server.plan(AUTHORIZE_ASYNC, reply);
        expect(await flinks.credentials.delete(ref, call)).toEqual({ ok: true, value: { alreadyGone: true } });
      });

      it('is no deletion when Flinks does not answer', async () => {
        const ref = await underWay();
        server.plan(AUTHORIZE_ASYNC, { status: 503, body: '' });
        expect(await flinks.credentials.delete(ref, call)).toMatchObject({ ok: false });
      });
    });

    it('believes no page of a proxy', async () => {
      server.plan(DELETE, { status: 200, body: '<html>' });
      expect(await flinks.credentials.delete(card, call)).toMatchObject({ failure: { code: 'provider.bad_response' } });
    });
  });

  it('lists nothing and has no pictures to scan', async () => {
    expect(await flinks.credentials.list(user, call)).toMatchObject({
      failure: { code: 'capability_unsupported', instead: '/v1/connections' },
    });
    expect(await flinks.credentials.qr(card, call)).toMatchObject({ failure: { code: 'capability_unsupported' } });
  });

  it('a wrong secret key is ours to mend', async () => {
    server.reset();
    server.plan(TOKEN, refused('UNAUTHORIZED'));
    expect(await flinks.credentials.get(card, call)).toMatchObject({ failure: { code: 'provider.misconfigured' } });
  });
});

function loginBody(): object {
  return fixture('authorize-200')['Login'] as object;
}
