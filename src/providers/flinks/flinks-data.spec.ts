import type { ProviderServerFake } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/flinks/fixture.js';
import {
  at,
  call,
  DETAIL,
  DETAIL_ASYNC,
  json,
  refused,
  REQUEST_ID,
} from '../../../test/fixtures/flinks/flinks-bench.js';
import { flinksUnderTest } from '../../../test/fixtures/flinks/flinks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const STATEMENTS = at('POST /GetStatements');

describe("Flinks' data calls", () => {
  let server: ProviderServerFake;
  let flinks: ReturnType<typeof flinksUnderTest>;

  withProviderServer('2026-01-05T14:00:00Z', (given) => {
    ({ server } = given);
    flinks = flinksUnderTest(server.url, given.clock);
    return flinks;
  });

  it('details are asked for with what is wanted, and polled after a 202', async () => {
    server
      .plan(DETAIL, json(fixture('pending-202'), 202))
      .plan(DETAIL_ASYNC, json(fixture('pending-202'), 202), json(fixture('accounts-detail-200')));
    const options = {
      withKyc: false,
      withTransactions: true,
      daysOfTransactions: 'Days365',
      accountsFilter: ['a'],
    } as const;
    expect(await flinks.data.accountsDetail(REQUEST_ID, options, call)).toEqual({
      ok: true,
      value: { kind: 'pending' },
    });
    expect(await flinks.data.accountsDetailAsync(REQUEST_ID, call)).toMatchObject({ value: { kind: 'pending' } });
    expect(await flinks.data.accountsDetailAsync(REQUEST_ID, call)).toMatchObject({
      value: {
        kind: 'ready',
        value: [
          {
            ...{ transitNumber: '00077', institutionNumber: '777', currency: 'CAD', category: 'Operations' },
            balance: { available: null, current: '958.9', limit: null },
            holder: { name: 'Ana Test' },
            transactions: [{ date: '2026-01-04', debit: '41.1', credit: null }],
          },
        ],
      },
    });
    expect(JSON.parse(server.calls[0]?.body ?? '')).toEqual({
      ...{ RequestId: REQUEST_ID, WithKYC: false, WithTransactions: true },
      ...{ DaysOfTransactions: 'Days365', AccountsFilter: ['a'] },
    });
  });

  it('a summary has no transactions and lacks members', async () => {
    const body = {
      HttpStatusCode: 200,
      Accounts: [{ Id: 'a', Title: null, EftEligibleRatio: 0.5 }],
      RequestId: REQUEST_ID,
    };
    server
      .plan(at('POST /GetAccountsSummary'), json(body))
      .plan(at(`GET /GetAccountsSummaryAsync/${REQUEST_ID}`), json(body));
    const ready = { value: { kind: 'ready', value: [{ id: 'a', title: null, transactions: [], type: null }] } };
    expect(await flinks.data.accountsSummary(REQUEST_ID, call)).toMatchObject(ready);
    expect(await flinks.data.accountsSummaryAsync(REQUEST_ID, call)).toMatchObject(ready);
  });

  it('statements come by account; a year of them for one account only', async () => {
    const body = {
      HttpStatusCode: 200,
      StatementsByAccount: [
        { AccountNumber: '1000001', Statements: [{ UniqueId: 'AB', FileType: 'PDF', Base64Bytes: 'JVBERi0=' }] },
        { AccountNumber: '1000002', Statements: [] },
      ],
      RequestId: REQUEST_ID,
    };
    server
      .plan(STATEMENTS, json(fixture('pending-202'), 202))
      .plan(at(`GET /GetStatementsAsync/${REQUEST_ID}`), json(body));
    const year = { numberOfStatements: 'Months12' } as const;
    expect(await flinks.data.statements(REQUEST_ID, { ...year, accountsFilter: ['a', 'b'] }, call)).toMatchObject({
      failure: { code: 'credential.invalid_input', pointer: '/accountsFilter' },
    });
    expect(await flinks.data.statements(REQUEST_ID, { ...year, accountsFilter: ['a'] }, call)).toMatchObject({
      value: { kind: 'pending' },
    });
    expect(await flinks.data.statementsAsync(REQUEST_ID, call)).toMatchObject({
      value: {
        kind: 'ready',
        value: [{ accountNumber: '1000001', statements: [{ uniqueId: 'AB' }] }, { statements: [] }],
      },
    });
  });

  it('nonsense is a failure', async () => {
    server.plan(DETAIL, json({ HttpStatusCode: 200, Accounts: [{}] }));
    expect(await flinks.data.accountsDetail(REQUEST_ID, {}, call)).toMatchObject({
      failure: { code: 'provider.bad_response', mayHaveHappened: false },
    });
  });

  it.each([
    ['SESSION_NONEXISTENT', 400, 'provider.unavailable', undefined],
    ['SESSION_EXPIRED', 401, 'provider.unavailable', undefined],
    ['TOO_MANY_REQUESTS', 403, 'provider.rate_limited', undefined],
    ['UNAUTHORIZED', 401, 'provider.misconfigured', undefined],
    ['METHOD_NOT_AVAILABLE', 405, 'provider.misconfigured', undefined],
    ['NO_TRANSACTION', 401, 'provider.bad_response', undefined],
    ['DISABLED_LOGIN', 401, 'credential.invalid_login', { state: 'blocked', cause: 'account_locked_at_bank' }],
    ['RETRY_LATER', 401, 'provider.unavailable', { state: 'retrying', cause: 'bank_unavailable' }],
    ['QUESTION_NOT_FOUND', 401, 'credential.not_refreshable', { state: 'reauth_required', cause: 'sca_required' }],
  ])('%s is a refusal; some say what is wrong with the card', async (word, status, code, reading) => {
    server.plan(DETAIL, refused(word, status));
    const read = await flinks.data.accountsDetail(REQUEST_ID, {}, call);
    expect(read).toMatchObject({ value: { kind: 'refused', word, failure: { code, mayHaveHappened: false } } });
    const failure = read.ok && read.value.kind === 'refused' ? read.value.failure : undefined;
    expect(failure?.observation).toEqual(reading && { ...reading, providerStatus: word, providerStatusAt: null });
  });
});
