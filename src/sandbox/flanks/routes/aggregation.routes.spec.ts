import { FlanksDriver, LOAD_MS, STEP_MS } from '../testing/flanks-driver.js';

const LISTS = [
  'account',
  'data',
  'card',
  'card/transaction',
  'portfolio',
  'investment',
  'investment/transaction',
  'liability',
  'liability/transaction',
  'holder',
];
const sum = (values: readonly unknown[]) =>
  Math.round(values.reduce<number>((all, value) => all + Number(value) * 100, 0));

describe('the data', () => {
  let driver: FlanksDriver;

  beforeEach(async () => {
    driver = await FlanksDriver.start();
  });
  afterEach(() => driver.sim.close());

  it('comes as bare lists, the identity as an object', async () => {
    const token = await driver.connected();
    for (const name of LISTS) {
      const { status, list } = await driver.data(token, name);
      expect([name, status, list.length > 0]).toEqual([name, 200, true]);
    }
    for (const name of ['auth', 'auth/'])
      expect((await driver.data(token, name)).body).toMatchObject({ name: 'ANA DEMO' });
  });

  it('has the fields of the vendor', async () => {
    const token = await driver.connected({}, { external_id: 'u-1' });
    expect((await driver.data(token, 'account')).list[0]).toMatchObject({
      iban: expect.stringMatching(/^ES\d{22}$/) as string,
      entity: 'TestBank',
      currency: 'EUR',
      owners: ['ANA DEMO'],
      isOwner: true,
      numOwners: 1,
      type: 'cashAccount',
      balance: expect.any(Number) as number,
    });
    expect((await driver.data(token, 'portfolio')).list[0]).toMatchObject({
      name: 'Cartera 1',
      type: 'M',
      tax_type: null,
      external_id: expect.any(String) as string,
      updated_at_timestamp: Date.parse('2026-11-20T10:00:12Z') / 1000,
    });
    expect((await driver.data(token, 'data')).list[0]).toMatchObject({
      operationDate: '2026-11-20',
      valueDate: '2026-11-20',
    });
    expect((await driver.data(token, 'card')).list[0]).toMatchObject({
      pan: expect.stringMatching(/^\*{12}\d{4}$/) as string,
    });
  });

  it('adds up and points to what exists', async () => {
    const token = await driver.connected();
    const accounts = (await driver.data(token, 'account')).list;
    const booked = (await driver.data(token, 'data')).list;
    for (const { _id, balance } of accounts) {
      const own = booked.filter(({ account_id }) => account_id === _id);
      expect(own[0]).toMatchObject({ balance });
      const [newest, older] = own;
      expect(sum([older?.['balance'], newest?.['amount']])).toBe(sum([newest?.['balance']]));
    }
    expect(new Set(booked.map(({ _id }) => _id)).size).toBe(booked.length);
    const papers = (await driver.data(token, 'investment')).list;
    for (const { _id, balance } of (await driver.data(token, 'portfolio')).list) {
      const inside = papers.filter(({ portfolio_id }) => portfolio_id === _id).map((paper) => paper['balance']);
      expect(sum([balance])).toBe(sum(inside));
    }
  });

  it('is the same every time, and after a new connection only the ids of the credentials differ', async () => {
    const query = { external_id: 'u-1' };
    const first = await driver.connected({}, query);
    const before = (await driver.data(first, 'portfolio')).list;
    expect((await driver.data(first, 'portfolio')).list).toEqual(before);
    await driver.call('DELETE', '/v0/bank/credentials', { credentials_token: first });
    const after = (await driver.data(await driver.connected({}, query), 'portfolio')).list;
    expect(after.map((item) => item['external_id'])).toEqual(before.map((item) => item['external_id']));
    expect(after.map((item) => item['_id'])).not.toEqual(before.map((item) => item['_id']));
    const stranger = (await driver.data(await driver.connected({ username: 'eva' }), 'portfolio')).list;
    expect(stranger[0]).toMatchObject({ external_id: null });
    expect(stranger[0]?.['refValores']).not.toBe(before[0]?.['refValores']);
  });

  it('is never live: it changes with the update', async () => {
    const token = await driver.connected();
    const before = (await driver.data(token, 'data')).text;
    driver.clock.advance(3_600_000 - LOAD_MS - 1);
    expect((await driver.data(token, 'data')).text).toBe(before);
    driver.nextMorning();
    await driver.signIn();
    expect((await driver.data(token, 'data')).list[0]).toMatchObject({ operationDate: '2026-11-21' });
  });

  it('can be asked for by field', async () => {
    const token = await driver.connected();
    const [account] = (await driver.data(token, 'account')).list;
    const query = { account_id: [account?.['_id']] };
    expect((await driver.data(token, 'account', { query })).list).toEqual([account]);
    const booked = (await driver.data(token, 'data', { query })).list;
    expect(new Set(booked.map(({ account_id }) => account_id))).toEqual(new Set([account?.['_id']]));
    expect((await driver.data(token, 'data', { query: { account_id: [] } })).list).toEqual([]);
    expect((await driver.data(token, 'data', { query: { account_id: 'x' } })).status).toBe(400);
  });

  it('that is still being fetched has the code 20002, group by group', async () => {
    const token = await driver.connect();
    const early = await driver.data(token, 'account');
    expect([early.status, early.body]).toEqual([200, { error: 'PROCESSING', code: 20002 }]);
    driver.clock.advance(2 * STEP_MS);
    expect((await driver.data(token, 'account')).list).toHaveLength(2);
    expect((await driver.data(token, 'data')).body).toMatchObject({ code: 20002 });
    driver.sim.control.setSwitches({ dataErrorStatus: 400 });
    expect((await driver.data(token, 'data')).status).toBe(400);
  });

  it('that failed has the code 20001 unless the error is ignored', async () => {
    const token = await driver.connected({ password: 'DATA_ERROR_PRODUCT_ACCOUNT' });
    expect((await driver.data(token, 'account')).body).toEqual({ error: 'INCOMPLETE', code: 20001 });
    expect((await driver.data(token, 'account', { ignore_data_error: true })).list).toHaveLength(2);
    expect((await driver.data(token, 'card')).list).toHaveLength(1);
    driver.sim.control.setErrored(token, []);
    expect((await driver.data(token, 'account')).list).toHaveLength(2);
  });
});
