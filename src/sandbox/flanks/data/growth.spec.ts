import { DAY_MS, FlanksDriver } from '../testing/flanks-driver.js';
import type { Json } from '../../simulator/testing/json-answer.js';

const LISTS = {
  account: 'data',
  card: 'card/transaction',
  liability: 'liability/transaction',
  investment: 'investment/transaction',
} as const;

const cents = (value: unknown): number => Math.round(Number(value) * 100);
const sum = (items: readonly Json[], key: string): number => items.reduce((all, item) => all + cents(item[key]), 0);
/** Without what belongs to one credential. */
const facts = (items: readonly Json[]) =>
  items.map(({ operationDate, amount, balance, description, units }) => ({
    operationDate,
    amount,
    balance,
    description,
    units,
  }));

describe('data over time', () => {
  let driver: FlanksDriver;
  let token: string;

  beforeEach(async () => {
    driver = await FlanksDriver.start();
    token = await driver.connected();
  });
  afterEach(() => driver.sim.close());

  const list = async (name: string): Promise<readonly Json[]> => {
    await driver.signIn();
    return (await driver.data(token, name)).list;
  };

  it('grows by a day every day; what was there stays as it was, and the balances follow', async () => {
    const before = await list('data');
    const balances = await list('account');
    driver.nextMorning();
    const after = await list('data');
    const fresh = after.filter(({ _id }) => !before.some((old) => old['_id'] === _id));
    expect(fresh.map(({ operationDate }) => operationDate)).toEqual(['2026-11-21', '2026-11-21']);
    expect(after.filter((item) => !fresh.includes(item))).toEqual(before);
    expect(sum(await list('account'), 'balance')).toBe(sum(balances, 'balance') + sum(fresh, 'amount'));
  });

  it('is the same whether time passed in days or at once, and in another simulator', async () => {
    const other = await FlanksDriver.start();
    const twin = await other.connected();
    for (let day = 0; day < 40; day += 1) driver.nextMorning();
    other.clock.advance(driver.clock.now().getTime() - other.clock.now().getTime());
    await other.signIn();
    for (const name of Object.values(LISTS)) {
      expect(facts((await other.data(twin, name)).list)).toEqual(facts(await list(name)));
    }
    await other.sim.close();
  });

  it('moves the positions: prices daily, units of the fund and what is owed every month', async () => {
    const before = { papers: await list('investment'), loan: await list('liability') };
    driver.nextMorning();
    const papers = await list('investment');
    expect(papers.map(({ _id, amount }) => [_id, amount])).toEqual(
      before.papers.map(({ _id, amount }) => [_id, amount]),
    );
    expect(papers.map(({ balance }) => balance)).not.toEqual(before.papers.map(({ balance }) => balance));
    driver.clock.advance(30 * DAY_MS);
    const [fund] = await list('investment');
    expect(fund?.['amount']).toBe(Number(before.papers[0]?.['amount']) + 0.125);
    expect(sum(await list('portfolio'), 'balance')).toBe(sum(await list('investment'), 'balance'));
    expect(sum(await list('liability'), 'balance') - sum(before.loan, 'balance')).toBe(51_230);
    const bought = (await list('investment/transaction')).filter(({ isin }) => isin === fund?.['isin']);
    expect(bought.reduce((all, { units }) => all + Number(units), 0)).toBe(fund?.['amount']);
  });

  it.each([
    ['wants its user', (): unknown => driver.sim.control.setSca(token, true)],
    ['is blocked', (): unknown => driver.sim.control.setBlocked(token, true)],
  ])('stands still while the credential %s', async (_what, stop) => {
    const before = await list('data');
    stop();
    driver.clock.advance(3 * DAY_MS);
    expect(await list('data')).toEqual(before);
  });

  describe('totals', () => {
    const totals = async (): Promise<Json> => (await driver.call('GET', `/__sim/credentials/${token}/totals`)).body;

    it('are what the lists come to, today and tomorrow', async () => {
      for (const days of [0, 1]) {
        driver.clock.advance(days * DAY_MS);
        const { products, transactions } = driver.sim.control.totals(token);
        expect(await totals()).toMatchObject({ products, transactions, currency: 'EUR' });
        for (const [group, name] of Object.entries(LISTS)) {
          const items = await list(name);
          const { count, sum: amount } = transactions[group as keyof typeof LISTS];
          expect([group, count, cents(amount)]).toEqual([group, items.length, sum(items, 'amount')]);
          const held = await list(group);
          const { count: many, sum: worth } = products[group as keyof typeof LISTS];
          expect([group, many, cents(worth)]).toEqual([group, held.length, sum(held, 'balance')]);
        }
      }
    });

    it('are exact texts, and nobody has those of another', async () => {
      expect(driver.sim.control.totals(token).transactions.account.sum).toMatch(/^-?\d+\.\d\d$/);
      expect((await driver.call('GET', '/__sim/credentials/cred-99/totals')).status).toBe(404);
    });
  });

  describe('trouble', () => {
    it('of one group leaves the others, and lasts over the next load until it is taken away', async () => {
      driver.sim.control.setErrored(token, ['transaction.card']);
      driver.nextMorning();
      await driver.signIn();
      expect((await driver.data(token, 'card/transaction')).body).toMatchObject({ code: 20001 });
      expect((await driver.status(token))['errored']).toMatchObject({ transaction: { card: true, account: false } });
      expect(await list('card')).toHaveLength(1);
      driver.sim.control.setErrored(token, []);
      expect((await list('card/transaction')).length).toBeGreaterThan(0);
    });

    it('of the server hits one path or all of them, as often as is asked', async () => {
      const { control } = driver.sim;
      control.addFault({ path: '^/v0/bank/credentials/liability$', action: { kind: 'respond', status: 503 } });
      expect((await driver.data(token, 'liability')).status).toBe(503);
      expect((await driver.data(token, 'liability')).status).toBe(200);
      control.addFault({
        path: '^/v0/bank/credentials/(account|data|card)',
        times: null,
        action: { kind: 'respond', status: 500, body: { error: 'Internal Error' } },
      });
      for (const name of ['account', 'data', 'card/transaction', 'account']) {
        expect((await driver.data(token, name)).status).toBe(500);
      }
      expect((await driver.data(token, 'portfolio')).status).toBe(200);
    });

    it('of slowness is an answer all the same', async () => {
      driver.sim.control.addFault({ path: '^/v0/bank/credentials/data$', action: { kind: 'delay', ms: 5 } });
      expect((await driver.data(token, 'data')).list.length).toBeGreaterThan(0);
      expect(driver.sim.control.calls({ path: '/data$' })).toMatchObject([{ status: 200, fault: 'delay' }]);
    });
  });
});
