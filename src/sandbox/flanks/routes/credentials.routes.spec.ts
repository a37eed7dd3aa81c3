import { objects, part } from '../../simulator/testing/json-answer.js';
import { DAY_MS, FlanksDriver, LOAD_MS, STEP_MS } from '../testing/flanks-driver.js';

const STATUS = '/v0/bank/credentials/status';
const UNKNOWN = { error: 'credentials_token does not exist', code: 40001 };
const falses = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, false]));
const PRODUCT = ['auth', 'account', 'card', 'portfolio', 'investment', 'liability', 'holders'];
const TRANSACTION = ['account', 'card', 'investment', 'liability'];

describe('credentials', () => {
  let driver: FlanksDriver;

  beforeEach(async () => {
    driver = await FlanksDriver.start();
  });
  afterEach(() => driver.sim.close());

  it('of banks that anybody may list', async () => {
    const { list } = await driver.call('GET', '/v0/bank/available');
    expect(list[0]).toEqual({ id: 'testbank', name: 'TestBank', country: 'ES', logo_url: null });
  });

  it('start pending without dates and load group by group', async () => {
    const token = await driver.connect();
    expect(await driver.status(token)).toEqual({
      pending: true,
      blocked: false,
      reset_token: null,
      sca_token: null,
      transaction_token: null,
      name: 'testbank',
      last_transaction_date: null,
      last_update: null,
      time: null,
      last_update_timestamp: null,
      created_at_timestamp: Date.parse('2026-11-20T10:00:00Z') / 1000,
      errored: { product: falses(PRODUCT), transaction: falses(TRANSACTION) },
      created: { product: falses(PRODUCT), transaction: falses(TRANSACTION) },
    });
    driver.clock.advance(2 * STEP_MS);
    const { created, pending } = await driver.status(token);
    expect(part(created, 'product')).toMatchObject({ auth: true, account: true, card: false });
    expect(pending).toBe(true);
    driver.clock.advance(LOAD_MS);
    expect(await driver.status(token)).toMatchObject({
      pending: false,
      last_transaction_date: '2026-11-20',
      last_update: '2026-11-20',
      time: '10:00',
      last_update_timestamp: Date.parse('2026-11-20T10:00:12Z') / 1000,
    });
  });

  it('name the inner group as the switch says', async () => {
    const token = await driver.connected();
    driver.sim.control.setSwitches({ groupKey: 'transactions' });
    const { errored, created } = await driver.status(token);
    expect([Object.keys(part({ errored }, 'errored')), Object.keys(part({ created }, 'created'))]).toEqual([
      ['product', 'transactions'],
      ['product', 'transactions'],
    ]);
  });

  it('show an account that failed', async () => {
    const token = await driver.connected({ password: 'DATA_ERROR_PRODUCT_ACCOUNT' });
    const { errored, pending } = await driver.status(token);
    expect(pending).toBe(false);
    expect(part(errored, 'product')).toEqual({ ...falses(PRODUCT), account: true });
  });

  it('can be forced to a token of each kind, the same until it is used, and are not blocked by it', async () => {
    const token = await driver.connected();
    for (const kind of ['sca', 'reset', 'transaction']) {
      const body = { credentials_token: token, force: kind };
      const answer = await driver.call('PUT', STATUS, body);
      expect(Object.keys(answer.body)).toEqual([`${kind}_token`]);
      expect((await driver.call('PUT', STATUS, body)).body).toEqual(answer.body);
      expect(await driver.status(token)).toMatchObject({ ...answer.body, blocked: false });
    }
    const wrong = await driver.call('PUT', STATUS, { credentials_token: token, force: 'all' });
    expect([wrong.status, wrong.body]).toEqual([400, { error: 'Invalid force', code: 40001 }]);
    const none = await driver.call('PUT', STATUS);
    expect(none.body['error']).toBe('Missing fields: credentials_token, force');
  });

  it('are listed by page', async () => {
    driver.sim.control.setSwitches({ pageSize: 2 });
    const list = async (page: unknown) => (await driver.post('/v0/bank/credentials/list', { page })).body;
    expect(await list(1)).toEqual({ items: [], page: 1, pages: 1 });
    const tokens: string[] = [];
    for (const username of ['a', 'b', 'c'])
      tokens.push(await driver.connect({ username }, { external_id: `u-${username}` }));
    driver.clock.advance(LOAD_MS);
    driver.sim.control.setBlocked(tokens[0] ?? '', true);
    const first = await list(1);
    expect(first).toMatchObject({ page: 1, pages: 2 });
    expect(objects(first, 'items')).toEqual([
      { credentials_token: tokens[0], external_id: 'u-a', bank: 'testbank', status: 'blocked' },
      { credentials_token: tokens[1], external_id: 'u-b', bank: 'testbank', status: 'ok' },
    ]);
    expect(objects(await list(2), 'items')).toMatchObject([{ credentials_token: tokens[2] }]);
    expect(await list(3)).toEqual({ items: [], page: 3, pages: 2 });
    expect(await list(0)).toEqual({ error: 'Invalid page', code: 40001 });
  });

  it('that are deleted do not exist for any call', async () => {
    const token = await driver.connected();
    const open = await driver.walk({}, { username: 'eva' });
    const body = { credentials_token: token };
    expect((await driver.call('DELETE', '/v0/bank/credentials', body)).body).toEqual({
      message: 'Credentials deleted successfully',
    });
    for (const [method, path] of [
      ['DELETE', '/v0/bank/credentials'],
      ['POST', STATUS],
      ['POST', '/v0/bank/credentials/account'],
    ] as const) {
      const answer = await driver.call(method, path, body);
      expect([answer.status, answer.body]).toEqual([400, UNKNOWN]);
    }
    expect((await driver.call('PUT', STATUS, { ...body, force: 'sca' })).body).toEqual(UNKNOWN);
    expect(driver.sim.control.state().credentials).toMatchObject([{ username: 'eva' }]);
    expect((await driver.exchange(open.location?.searchParams.get('code') ?? '')).status).toBe(200);
    expect(await driver.connect()).not.toBe(token);
  });
});

describe('the lifecycle', () => {
  let driver: FlanksDriver;
  let token: string;

  beforeEach(async () => {
    driver = await FlanksDriver.start();
    token = await driver.connected();
  });
  afterEach(() => driver.sim.close());

  const fresh = async () => {
    await driver.signIn();
    return driver.status(token);
  };

  it('updates active credentials every morning', async () => {
    driver.nextMorning();
    expect(await fresh()).toMatchObject({
      last_update: '2026-11-21',
      time: '04:00',
      last_transaction_date: '2026-11-21',
    });
    expect(driver.state(token).bankAttempts).toMatchObject({ user: 1, daily: 1 });
  });

  it('asks for SCA after 90 days, and the old data stays readable', async () => {
    driver.clock.advance(91 * DAY_MS);
    const status = await fresh();
    expect(status['sca_token']).toEqual(expect.any(String));
    const { bankAttempts } = driver.state(token);
    driver.clock.advance(30 * DAY_MS);
    expect(await fresh()).toEqual(status);
    expect(driver.state(token).bankAttempts).toEqual(bankAttempts);
    expect((await driver.data(token, 'account')).list).toHaveLength(2);
  });

  it('blocks when the bank refuses the stored login, and never tries again', async () => {
    driver.sim.control.setBankAnswer(token, 'refuse');
    driver.nextMorning();
    const status = await fresh();
    expect(status).toMatchObject({ blocked: true, last_update: '2026-11-20' });
    expect(status['reset_token']).toEqual(expect.any(String));
    driver.clock.advance(10 * DAY_MS);
    expect(driver.state(token).bankAttempts.daily).toBe(1);
    expect((await fresh())['reset_token']).toBe(status['reset_token']);
    expect((await driver.data(token, 'data')).status).toBe(200);
  });

  it('can be set by hand, and both at once', async () => {
    driver.sim.control.setBlocked(token, true);
    driver.sim.control.setSca(token, true);
    const { blocked, sca_token, reset_token } = await fresh();
    expect([blocked, typeof sca_token, typeof reset_token]).toEqual([true, 'string', 'string']);
    driver.sim.control.setBlocked(token, false);
    driver.sim.control.setSca(token, false);
    expect(await fresh()).toMatchObject({ blocked: false, sca_token: null, reset_token: null });
  });
});
