import type { DataRequest } from '../../credentials/account-data.js';
import type { MovableClock } from '../../platform/time/clock.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { ProviderServerFake } from '../../../test/fakes/provider-server.fake.js';
import { fixture, fixtureText } from '../../../test/fixtures/flinks/fixture.js';
import {
  AUTHORIZE,
  call,
  card,
  DETAIL,
  DETAIL_ASYNC,
  json,
  LOGIN_ID,
  QUESTIONS,
  refused,
  REQUEST_ID,
  TOKEN,
  token,
  user,
} from '../../../test/fixtures/flinks/flinks-bench.js';
import { flinksUnderTest } from '../../../test/fixtures/flinks/flinks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';
import { cursorText } from './flinks-data-cursor.js';

const MINUTE = 60_000;
const PENDING = json(fixture('pending-202'), 202);
const MANY = { status: 200, body: fixtureText('accounts-detail-many-200') };

describe("Flinks' account data", () => {
  let server: ProviderServerFake;
  let clock: MovableClock;
  let flinks: ReturnType<typeof flinksUnderTest>;
  const read = async (request: Partial<DataRequest> = {}) =>
    flinks.accountData.read(card, { since: null, cursor: null, ...request }, call);
  const asked = (route: string, place = 0): unknown => JSON.parse(server.callsTo(route)[place]?.body ?? '{}');
  const failureOf = async (result: ReturnType<typeof read>) => {
    const settled = await result;
    return settled.ok ? undefined : settled.failure;
  };
  const waiting = async (result: ReturnType<typeof read>) => {
    const settled = await result;
    if (!settled.ok || settled.value.kind !== 'not_ready') throw new Error('Nothing to wait for.');
    return settled.value;
  };

  withProviderServer('2026-01-05T14:10:00Z', (given) => {
    ({ server, clock } = given);
    flinks = flinksUnderTest(server.url, clock);
    server.always(TOKEN, token('tok-1'));
    return flinks;
  });

  it('opens a session on stored data and asks it for a year, exactly', async () => {
    server.plan(AUTHORIZE, json(fixture('authorize-200'))).plan(DETAIL, MANY);
    const page = await read();
    expect(page).toMatchObject({
      value: { kind: 'page', next: null, missing: [], dataAsOf: new Date('2026-01-05T14:05:30.765Z') },
    });
    expect(page.ok && page.value.kind === 'page' && page.value.transactions[0]?.balanceAfter).toBe(
      '9007199254740993.01',
    );
    expect(asked(AUTHORIZE)).toEqual({ LoginId: LOGIN_ID, MostRecentCached: true });
    expect(asked(DETAIL)).toEqual({ RequestId: REQUEST_ID, WithTransactions: true, DaysOfTransactions: 'Days365' });
    expect(server.calls).toHaveLength(3);
    expect(flinks.observer.words.map(({ word }) => word)).toEqual(['Crypto', 'NONE']);
  });

  it.each([
    ['2025-12-31', 'Days90'],
    ['2025-10-13', 'Days90'],
    ['2025-10-10', 'Days365'],
    ['2199-01-01', 'Days90'],
  ])('since %s it asks for %s', async (since, days) => {
    server.plan(AUTHORIZE, json(fixture('authorize-200'))).plan(DETAIL, MANY);
    expect(await read({ since })).toMatchObject({ ok: true });
    expect(asked(DETAIL)).toMatchObject({ DaysOfTransactions: days });
  });

  it('waits ten seconds for the Async twin, within one authorisation', async () => {
    server
      .plan(AUTHORIZE, json(fixture('authorize-200')))
      .plan(DETAIL, PENDING)
      .plan(DETAIL_ASYNC, PENDING, MANY);
    const first = await waiting(read());
    expect(first.retryAt).toEqual(new Date('2026-01-05T14:10:10Z'));
    expect(JSON.stringify(first)).not.toContain(REQUEST_ID);
    clock.advance(10_000);
    const second = await waiting(read({ cursor: first.cursor }));
    expect(second.retryAt).toEqual(new Date('2026-01-05T14:10:20Z'));
    expect(await read({ cursor: second.cursor })).toMatchObject({ value: { kind: 'page', missing: [] } });
    expect(server.callsTo(AUTHORIZE)).toHaveLength(1);
  });

  it('gives up after half an hour, and begins again when it is asked with that old cursor', async () => {
    server
      .plan(AUTHORIZE, json(fixture('authorize-200')), json(fixture('authorize-200')))
      .plan(DETAIL, PENDING, MANY)
      .plan(DETAIL_ASYNC, PENDING, PENDING);
    const { cursor } = await waiting(read());
    clock.advance(29 * MINUTE);
    const last = await waiting(read({ cursor }));
    clock.advance(MINUTE);
    expect(await failureOf(read({ cursor: last.cursor }))).toMatchObject({
      code: 'provider.timeout',
      mayHaveHappened: false,
    });
    clock.advance(1000);
    expect(await read({ cursor: last.cursor })).toMatchObject({ value: { kind: 'page' } });
  });

  it('a session that is over is replaced by a new one, once', async () => {
    const gone = refused('SESSION_NONEXISTENT', 400);
    server
      .plan(AUTHORIZE, json(fixture('authorize-200')), json(fixture('authorize-200')))
      .plan(DETAIL, PENDING, gone)
      .plan(DETAIL_ASYNC, gone);
    const { cursor } = await waiting(read());
    expect(await failureOf(read({ cursor }))).toMatchObject({ code: 'provider.unavailable', mayHaveHappened: false });
  });

  it('takes no cursor of another card', async () => {
    const foreign = { loginId: 'another', requestId: REQUEST_ID, beganAt: 0, step: 'poll', bare: false } as const;
    const crooked = { ...foreign, loginId: LOGIN_ID, requestId: '../../GetStatementsAsync/x' };
    for (const cursor of [cursorText(foreign), cursorText(crooked), new Opened('{}')]) {
      expect(await failureOf(read({ cursor }))).toMatchObject({ code: 'credential.invalid_input' });
    }
  });

  it('NO_TRANSACTION hides no account', async () => {
    server
      .plan(AUTHORIZE, json(fixture('authorize-200')))
      .plan(
        DETAIL,
        refused('NO_TRANSACTION'),
        json({ HttpStatusCode: 200, Accounts: [{ Id: 'a', Transactions: [] }] }),
      );
    expect(await read()).toMatchObject({ value: { kind: 'page', accounts: [{}], missing: ['transactions'] } });
    expect(asked(DETAIL, 1)).toEqual({ RequestId: REQUEST_ID, WithTransactions: false });
    server
      .plan(AUTHORIZE, json(fixture('authorize-200')))
      .plan(DETAIL, refused('NO_TRANSACTION'), refused('NO_TRANSACTION'));
    expect(await failureOf(read())).toMatchObject({ code: 'provider.bad_response' });
  });

  it.each([
    ['QUESTION_NOT_FOUND', 'credential.not_refreshable', 'reauth_required', 'sca_required'],
    ['INVALID_PASSWORD', 'credential.invalid_login', 'blocked', 'wrong_credentials'],
    ['RETRY_LATER', 'provider.unavailable', 'retrying', 'bank_unavailable'],
    ['SESSION_EXPIRED', 'provider.unavailable', 'retrying', 'provider_unavailable'],
  ])('what %s says of the last attempt comes with the failure', async (word, code, state, cause) => {
    server.plan(AUTHORIZE, refused(word));
    expect(await failureOf(read())).toMatchObject({ code, mayHaveHappened: false, observation: { state, cause } });
  });

  it('a session that asks is none to read with', async () => {
    server.plan(AUTHORIZE, json(fixture('authorize-203'), 203));
    expect(await failureOf(read())).toMatchObject({
      code: 'credential.not_refreshable',
      observation: { state: 'reauth_required', cause: 'sca_required' },
    });
  });

  it('knows a deleted card from one with a wrong password', async () => {
    server
      .plan(AUTHORIZE, refused('INVALID_LOGIN'), refused('INVALID_LOGIN'))
      .plan(QUESTIONS, refused('INVALID_LOGIN'), json({ Message: 'SUCCESS', Questions: [] }));
    expect(await failureOf(read())).toMatchObject({ code: 'credential.not_found' });
    expect(await failureOf(read())).toMatchObject({ observation: { state: 'blocked', cause: 'wrong_credentials' } });
  });

  it('of a login that has not succeeded Flinks has no data', async () => {
    const id = (text: string) => ({ user, credentialId: new Opened(text) });
    const all = { since: null, cursor: null };
    const refusedId = id(`refused:${LOGIN_ID}:FlinksCapital:INVALID_PASSWORD`);
    expect(await flinks.accountData.read(refusedId, all, call)).toMatchObject({
      failure: { code: 'credential.not_refreshable', observation: { state: 'blocked', cause: 'wrong_credentials' } },
    });
    expect(await flinks.accountData.read(id(`request:${LOGIN_ID}:FlinksCapital`), all, call)).toMatchObject({
      failure: { code: 'credential.busy', retryAt: new Date('2026-01-05T14:10:10Z') },
    });
    expect(await flinks.accountData.read(id('nonsense'), all, call)).toMatchObject({
      failure: { code: 'credential.not_found' },
    });
    expect(server.calls).toEqual([]);
  });
});
