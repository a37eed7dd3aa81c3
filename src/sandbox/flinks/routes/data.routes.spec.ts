import { type Json, objects, part, text } from '../../simulator/testing/json-answer.js';
import { FlinksDriver, MINUTE } from '../testing/flinks-driver.js';

describe('data', () => {
  let driver: FlinksDriver;

  beforeEach(async () => {
    driver = await FlinksDriver.start();
  });
  afterEach(() => FlinksDriver.stopAll());

  const session = async (username = 'greatday_nomfa', extra: Json = {}) =>
    text((await driver.signIn(username, extra)).body, 'RequestId');
  const poll = (endpoint: string, requestId: string) => driver.bank('GET', `Get${endpoint}Async/${requestId}`);
  const detail = async (extra: Json = {}) => {
    const requestId = await session('greatday_nomfa', { Save: false });
    driver.steps(2);
    return objects((await driver.data('AccountsDetail', requestId, extra)).body, 'Accounts');
  };

  it('is 202 with the words of the wire until it is there, the summary first', async () => {
    const RequestId = await session();
    const first = await driver.data('AccountsDetail', RequestId);
    expect(first.status).toBe(202);
    expect(first.body).toEqual({
      ...{ HttpStatusCode: 202, FlinksCode: 'OPERATION_PENDING', RequestId },
      Message: expect.any(String) as string,
      Links: [{ rel: '{Endpoint}Async', href: '/{Endpoint}Async', example: '/{Endpoint}Async/{requestId}' }],
    });
    driver.steps(1);
    expect((await driver.data('AccountsSummary', RequestId)).status).toBe(200);
    expect((await poll('AccountsDetail', RequestId)).status).toBe(202);
    driver.steps(1);
    expect((await poll('AccountsDetail', RequestId)).status).toBe(200);
    expect((await driver.data('Statements', RequestId)).status).toBe(202);
    driver.steps(1);
    expect((await poll('Statements', RequestId)).status).toBe(200);
  });

  it('the detail has nine accounts with transactions and what every answer ends in', async () => {
    const RequestId = await session('greatday_nomfa', { Tag: 'mine' });
    driver.steps(2);
    const { body } = await driver.data('AccountsDetail', RequestId);
    expect(body).toMatchObject({
      ...{ HttpStatusCode: 200, InstitutionName: 'FlinksCapital', InstitutionId: 14, Institution: 'FlinksCapital' },
      ...{ RequestId, Tag: 'mine', Login: { Username: 'greatday_nomfa', LastRefresh: '2026-11-20T10:00:02.0000000' } },
    });
    const accounts = objects(body, 'Accounts');
    expect(accounts.map(({ Category, Currency }) => `${String(Category)} ${String(Currency)}`)).toEqual([
      ...['Products CAD', 'Operations CAD', 'Credits CAD', 'Operations USD', 'Products CAD', 'Operations CAD'],
      ...['Credits CAD', 'Credits CAD', 'Credits CAD'],
    ]);
    const chequing = accounts[5] ?? {};
    expect(chequing).toMatchObject({
      ...{ Title: 'Chequing CAD', TransitNumber: '77777', InstitutionNumber: '777', Type: 'Chequing' },
      ...{ Balance: { Available: null, Limit: null }, Holder: { Name: 'Ana Exemple' }, AccountType: 'Personal' },
    });
    const [newest = {}, before = {}] = objects(chequing, 'Transactions');
    expect(part(chequing, 'Balance')['Current']).toBe(newest['Balance']);
    const change = Number(newest['Credit'] ?? 0) - Number(newest['Debit'] ?? 0);
    expect(Number(newest['Balance'])).toBeCloseTo(Number(before['Balance']) + change, 2);
    expect([newest['Debit'], newest['Credit']]).toContain(null);
    expect(text(accounts[8] ?? {}, 'AccountNumber')).toMatch(/^4500\*{8}\d{4}$/);
    expect(accounts[0]).not.toHaveProperty('Type');
  });

  it('leaves out what was not wanted', async () => {
    const plain = (await detail({ WithAccountIdentity: false, WithKYC: false, WithTransactions: false }))[5];
    expect(plain).toMatchObject({
      ...{ TransitNumber: null, InstitutionNumber: null, AccountNumber: null, Holder: null, Transactions: [] },
    });
    const bare = (await detail({ WithBalance: false }))[5];
    expect(bare).toMatchObject({ Balance: { Available: null, Current: null, Limit: null } });
  });

  it('shows 90 or 365 days', async () => {
    const days = async (DaysOfTransactions: string) => {
      const dates = objects((await detail({ DaysOfTransactions }))[5] ?? {}, 'Transactions').map(({ Date }) => Date);
      return String(dates.at(-1));
    };
    const [short, long] = [await days('Days90'), await days('Days365')];
    expect(short >= '2026-08-22' && short < '2026-09-01').toBe(true);
    expect(long < '2026-02-01').toBe(true);
    const requestId = await session();
    const refused = await driver.data('AccountsDetail', requestId, { DaysOfTransactions: 'Days7' });
    expect(refused.body).toMatchObject({ FlinksCode: 'INVALID_REQUEST' });
  });

  it('a filter counts, also for the Async call that follows', async () => {
    const loginId = await driver.connected();
    const ids = async (extra: Json) => {
      const requestId = text((await driver.cached(loginId)).body, 'RequestId');
      const direct = await driver.data('AccountsDetail', requestId, extra);
      const repeated = await poll('AccountsDetail', requestId);
      expect(repeated.body).toEqual(direct.body);
      return objects(direct.body, 'Accounts').map(({ Id }) => Id);
    };
    const all = await ids({});
    expect(await ids({ AccountsFilter: [all[3], 'other'] })).toEqual([all[3]]);
    expect(await ids({})).toEqual(all);
  });

  it('the summary has neither transactions nor, unasked, the identity', async () => {
    const RequestId = await session();
    driver.steps(1);
    const { body } = await driver.data('AccountsSummary', RequestId);
    expect(Object.keys(body).slice(0, 3)).toEqual(['HttpStatusCode', 'Accounts', 'Links']);
    const [account = {}] = objects(body, 'Accounts');
    expect(account).toMatchObject({ EftEligibleRatio: 0, Title: 'First Home Savings Account' });
    for (const key of ['Transactions', 'TransitNumber', 'InstitutionNumber', 'OverdraftLimit', 'Type']) {
      expect(account).not.toHaveProperty(key);
    }
    const asked = await driver.data('AccountsSummary', RequestId, { WithAccountIdentity: true });
    expect(objects(asked.body, 'Accounts')[0]).toMatchObject({ InstitutionNumber: '777' });
  });

  it('statements are PDF files, three, twelve of one account, none where there are none', async () => {
    const loginId = await driver.connected();
    const cached = async () => text((await driver.cached(loginId)).body, 'RequestId');
    const requestId = await cached();
    const three = await driver.data('Statements', requestId, { NumberOfStatements: 'Months3' });
    const byAccount = objects(three.body, 'StatementsByAccount');
    expect(byAccount.map((account) => objects(account, 'Statements').length)).toEqual([0, 3, 0, 3, 0, 3, 0, 0, 0]);
    const [statement = {}] = objects(byAccount[5] ?? {}, 'Statements');
    expect(statement).toMatchObject({ FileType: 'PDF', UniqueId: expect.stringMatching(/^[0-9A-F]{32}$/) as string });
    const file = Buffer.from(text(statement, 'Base64Bytes'), 'base64').toString('latin1');
    expect(file).toMatch(/^%PDF-1\.4[^]*2026-10[^]*%%EOF\n$/);
    const twelve = { NumberOfStatements: 'Months12' };
    expect((await driver.data('Statements', requestId, twelve)).body).toMatchObject({ FlinksCode: 'INVALID_REQUEST' });
    const accounts = objects((await driver.data('AccountsSummary', requestId)).body, 'Accounts');
    const AccountsFilter = [accounts[5]?.['Id']];
    const year = await driver.data('Statements', requestId, { ...twelve, AccountsFilter });
    expect(objects(objects(year.body, 'StatementsByAccount')[0] ?? {}, 'Statements')).toHaveLength(12);
  });

  it('needs an authorized session', async () => {
    const asked = await driver.signIn('greatday');
    const early = await driver.data('AccountsDetail', text(asked.body, 'RequestId'));
    expect([early.status, early.body['FlinksCode']]).toEqual([401, 'UNAUTHORIZED']);
    const unknown = await driver.data('AccountsDetail', 'nope');
    expect([unknown.status, unknown.body['FlinksCode']]).toEqual([400, 'SESSION_NONEXISTENT']);
    expect((await poll('Statements', 'nope')).body).toMatchObject({ FlinksCode: 'SESSION_NONEXISTENT' });
    expect((await driver.bank('POST', 'GetAccountsDetail', { json: {} })).body).toMatchObject({
      FlinksCode: 'INVALID_REQUEST',
    });
  });

  it('a session is over a minute after its detail, and half an hour after it began', async () => {
    const loginId = await driver.connected();
    const cached = async () => text((await driver.cached(loginId)).body, 'RequestId');
    const used = await cached();
    await driver.data('AccountsSummary', used);
    driver.clock.advance(5 * MINUTE);
    expect((await driver.data('AccountsDetail', used)).status).toBe(200);
    driver.clock.advance(MINUTE - 1);
    expect((await poll('AccountsDetail', used)).status).toBe(200);
    expect((await driver.data('Statements', used)).status).toBe(200);
    driver.clock.advance(1);
    expect((await driver.data('Statements', used)).body).toMatchObject({ FlinksCode: 'SESSION_NONEXISTENT' });
    const unused = await cached();
    driver.clock.advance(30 * MINUTE);
    expect((await driver.data('AccountsDetail', unused)).body).toMatchObject({ FlinksCode: 'SESSION_NONEXISTENT' });
  });

  it('test_pending never gets ready, and the cap ends it', async () => {
    const requestId = await session('test_pending');
    const { loginId } = driver.sim.control.session(requestId);
    driver.clock.advance(30 * MINUTE - 1);
    expect((await driver.data('AccountsDetail', requestId)).body).toMatchObject({ FlinksCode: 'OPERATION_PENDING' });
    expect((await poll('AccountsDetail', requestId)).status).toBe(202);
    driver.clock.advance(1);
    expect((await poll('AccountsDetail', requestId)).body).toMatchObject({ FlinksCode: 'SESSION_EXPIRED' });
    expect((await driver.cached(loginId ?? '')).body).toMatchObject({ FlinksCode: 'SESSION_EXPIRED' });
  });

  it('test_dispatched goes on in the background', async () => {
    const requestId = await session('test_dispatched');
    driver.steps(2);
    const direct = await driver.data('AccountsDetail', requestId);
    expect([direct.status, direct.body['FlinksCode']]).toEqual([202, 'OPERATION_DISPATCHED']);
    expect((await poll('AccountsDetail', requestId)).status).toBe(200);
  });

  it('fails with the scripted code, and the card remembers', async () => {
    driver.sim.control.script({ username: 'greatday_nomfa', at: 'data', code: 'AGGREGATION_ERROR' });
    const requestId = await session();
    driver.steps(2);
    const failed = await driver.data('AccountsDetail', requestId);
    expect([failed.status, failed.body['FlinksCode']]).toEqual([500, 'AGGREGATION_ERROR']);
    const { loginId } = driver.sim.control.session(requestId);
    expect((await driver.cached(loginId ?? '')).body).toMatchObject({ FlinksCode: 'AGGREGATION_ERROR' });
  });

  it('is pending as many polls as told, but not when cached', async () => {
    driver.sim.control.configure({ pendingPolls: 2 });
    const requestId = await session();
    driver.steps(3);
    const statuses = [];
    statuses.push((await driver.data('AccountsDetail', requestId)).status);
    for (let n = 0; n < 2; n += 1) statuses.push((await poll('AccountsDetail', requestId)).status);
    expect(statuses).toEqual([202, 202, 200]);
    const { loginId } = driver.sim.control.session(requestId);
    const cached = text((await driver.cached(loginId ?? '')).body, 'RequestId');
    expect((await driver.data('AccountsDetail', cached)).status).toBe(200);
  });

  it('a cached session right after the first sign-in waits for its data', async () => {
    const { body } = await driver.signIn('greatday_nomfa');
    const cached = text((await driver.cached(text(part(body, 'Login'), 'Id'))).body, 'RequestId');
    expect((await driver.data('AccountsDetail', cached)).status).toBe(202);
    driver.steps(2);
    expect((await poll('AccountsDetail', cached)).status).toBe(200);
  });

  it('account ids last as long as the LoginId, transaction ids too', async () => {
    const loginId = await driver.connected();
    const read = async () => {
      const requestId = text((await driver.cached(loginId)).body, 'RequestId');
      return objects((await driver.data('AccountsDetail', requestId)).body, 'Accounts')[5] ?? {};
    };
    const before = await read();
    driver.clock.advance(3 * 86_400_000);
    await driver.refresh(loginId);
    driver.steps(2);
    const afterwards = await read();
    const ids = (account: Json) => objects(account, 'Transactions').map(({ Id }) => Id);
    expect(afterwards['Id']).toBe(before['Id']);
    expect(ids(afterwards)).toEqual(expect.arrayContaining(ids(before).slice(0, 20)));
    expect(ids(afterwards)[0]).not.toBe(ids(before)[0]);
    await driver.bank('DELETE', `DeleteCard/${loginId}`);
    const again = await driver.connected();
    const requestId = text((await driver.cached(again)).body, 'RequestId');
    const [, , , , , other = {}] = objects((await driver.data('AccountsDetail', requestId)).body, 'Accounts');
    expect(other['Id']).not.toBe(before['Id']);
  });
});
