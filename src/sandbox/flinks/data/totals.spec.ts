import { objects, text, type Json } from '../../simulator/testing/json-answer.js';
import { DAY, FlinksDriver } from '../testing/flinks-driver.js';

describe('the data of a card', () => {
  let driver: FlinksDriver;
  beforeEach(async () => {
    driver = await FlinksDriver.start();
  });
  afterEach(async () => FlinksDriver.stopAll());

  const detail = async (loginId: string): Promise<readonly Json[]> => {
    const { body } = await driver.cached(loginId);
    const answer = await driver.data('AccountsDetail', text(body, 'RequestId'), { DaysOfTransactions: 'Days365' });
    return objects(answer.body, 'Accounts');
  };
  const amounts = (accounts: readonly Json[]) =>
    accounts.flatMap((account) =>
      objects(account, 'Transactions').map(({ Debit, Credit }) =>
        Math.round((Number(Credit ?? 0) - Number(Debit ?? 0)) * 100),
      ),
    );
  const scheduled = () => driver.sim.control.link({ username: 'greatday_nomfa', scheduleRefresh: true });

  it('has the totals that a reading has', async () => {
    const loginId = scheduled();
    const cents = amounts(await detail(loginId));
    const totals = driver.sim.control.totals(loginId);
    expect(totals.count).toBe(cents.length);
    const sums = Object.values(totals.sums).reduce((sum, one) => sum + Math.round(Number(one) * 100), 0);
    expect(cents.reduce((sum, one) => sum + one, 0)).toBe(sums);
    expect(Object.keys(totals.sums)).toEqual(['CAD', 'USD']);
    expect(totals.accounts).toHaveLength(9);
    const over = await driver.call('GET', `/__sim/cards/${loginId}/totals?days=365`);
    expect(over.body).toEqual(JSON.parse(JSON.stringify(totals)));
    expect((await driver.call('GET', `/__sim/cards/${loginId}/totals?days=0`)).status).toBe(401);
    expect(driver.sim.control.totals(loginId, 90).count).toBeLessThan(totals.count);
  });

  it('grows with every night, and what was there stays as it was', async () => {
    const loginId = scheduled();
    const before = await detail(loginId);
    driver.clock.advance(DAY);
    const after = await detail(loginId);
    const all = (accounts: readonly Json[]) =>
      new Map(accounts.flatMap((account) => objects(account, 'Transactions').map((one) => [text(one, 'Id'), one])));
    const later = all(after);
    for (const [id, transaction] of all(before)) expect(later.get(id)).toEqual(transaction);
    expect(later.size).toBeGreaterThan(all(before).size);
  });

  it('has other ids when the card is deleted and connected again', async () => {
    const ids = (accounts: readonly Json[]) =>
      accounts.flatMap((account) => [
        text(account, 'Id'),
        ...objects(account, 'Transactions').map((one) => text(one, 'Id')),
      ]);
    const first = scheduled();
    const old = new Set(ids(await detail(first)));
    await driver.bank('DELETE', `DeleteCard/${first}`);
    const second = scheduled();
    expect(second).not.toBe(first);
    const fresh = ids(await detail(second));
    expect(fresh).toHaveLength(old.size);
    expect(fresh.some((id) => old.has(id))).toBe(false);
  });

  it('may be slow for stored data too', async () => {
    const loginId = scheduled();
    driver.sim.control.configure({ cachedPendingPolls: 2 });
    const { body } = await driver.cached(loginId);
    const requestId = text(body, 'RequestId');
    expect((await driver.data('AccountsDetail', requestId)).status).toBe(202);
    expect((await driver.bank('GET', `GetAccountsDetailAsync/${requestId}`)).status).toBe(202);
    expect((await driver.bank('GET', `GetAccountsDetailAsync/${requestId}`)).status).toBe(200);
  });
});
