import { objects, part, text } from '../../simulator/testing/json-answer.js';
import { TinkDriver } from '../testing/tink-driver.js';

const DAY_MS = 86_400_000;

describe('totals and ids', () => {
  let driver: TinkDriver;
  let token: string;
  let id: string;

  beforeEach(async () => {
    driver = await TinkDriver.start();
    token = await driver.userToken();
    id = await driver.connected(token, 'se-demobank-password');
  });
  afterEach(() => driver.sim.close());

  /** All over the wire: id → minor units of booked, and the pending ids. */
  const wire = async () => {
    const booked = new Map<string, number>();
    const pending: string[] = [];
    let page = '';
    do {
      const { body } = await driver.call('GET', `/data/v2/transactions?pageSize=100&pageToken=${page}`, { token });
      for (const transaction of objects(body, 'transactions')) {
        const value = Number(text(part(part(transaction, 'amount'), 'value'), 'unscaledValue'));
        if (transaction['status'] === 'BOOKED') booked.set(text(transaction, 'id'), value);
        else pending.push(text(transaction, 'id'));
      }
      page = text(body, 'nextPageToken');
    } while (page !== '');
    return { booked, pending };
  };
  const pull = async (days: number) => {
    driver.clock.advance(days * DAY_MS);
    token = await driver.userToken();
    await driver.call('POST', `/api/v1/credentials/${id}/refresh`, { token });
    driver.steps(4);
  };

  it('are what the wire gives, before and after more came', async () => {
    for (const days of [0, 7]) {
      if (days > 0) await pull(days);
      const { booked, pending } = await wire();
      const totals = driver.sim.control.totals({ credentialsId: id });
      const sum = [...booked.values()].reduce((total, value) => total + value, 0);
      expect(totals.booked['SEK']).toEqual({ count: booked.size, sum: (sum / 100).toFixed(2) });
      expect(totals.pending['SEK']?.count ?? 0).toBe(pending.length);
      expect(totals.accounts.map(({ credentialsId }) => credentialsId)).toEqual([id, id, id]);
    }
  });

  it('are of one credential, of one user or of all, over HTTP too', async () => {
    const other = await driver.connected(await driver.userToken('cust-2'), 'de-demobank-password');
    const { control } = driver.sim;
    expect(control.totals().accounts).toHaveLength(6);
    expect(control.totals({ externalUserId: 'cust-2' }).accounts[0]).toMatchObject({ credentialsId: other });
    expect(control.totals({ externalUserId: 'nobody' }).accounts).toEqual([]);
    expect(control.totals({ credentialsId: id, externalUserId: 'cust-2' }).accounts).toEqual([]);
    const { body } = await driver.call('GET', `/__sim/totals?credentialsId=${id}`);
    expect(body).toEqual(control.totals({ credentialsId: id }));
    expect((await driver.call('GET', '/__sim/totals?credentialsId=nope')).status).toBe(404);
  });

  it('pending ones are booked under the same id, or a new one on request', async () => {
    for (const ids of ['kept', 'new'] as const) {
      await driver.call('POST', '/__sim/pending-ids', { json: { ids } });
      let before: readonly string[] = [];
      for (let day = 0; day < 20 && before.length === 0; day += 1) {
        await pull(1);
        before = (await wire()).pending;
      }
      expect(before.length).toBeGreaterThan(0);
      await pull(1);
      const { booked, pending } = await wire();
      expect(before.filter((one) => booked.has(one))).toEqual(ids === 'kept' ? before : []);
      expect(before.filter((one) => pending.includes(one))).toEqual([]);
    }
  });

  it('minting new ids changes the ids alone', async () => {
    const [before, totals] = [await wire(), driver.sim.control.totals()];
    await driver.call('POST', `/__sim/credentials/${id}/remint`, { json: { when: 'next-run' } });
    expect(await wire()).toEqual(before);
    await pull(0);
    const after = await wire();
    expect([...after.booked.values()].sort()).toEqual([...before.booked.values()].sort());
    expect([...after.booked.keys()].filter((one) => before.booked.has(one))).toEqual([]);
    expect(driver.sim.control.totals().booked).toEqual(totals.booked);
    await pull(0);
    expect(await wire()).toEqual(after);
    await driver.call('POST', `/__sim/credentials/${id}/remint`);
    expect([...(await wire()).booked.keys()].filter((one) => after.booked.has(one))).toEqual([]);
  });

  it('a filter of booking days finds no pending ones', async () => {
    const statuses = async (query: string) => {
      const { body } = await driver.call('GET', `/data/v2/transactions?pageSize=100&${query}`, { token });
      return objects(body, 'transactions').map(({ status }) => status);
    };
    expect(await statuses('statusIn=PENDING&bookedDateGte=2026-01-01')).toEqual([]);
    expect(new Set(await statuses('bookedDateGte=2026-11-01'))).toEqual(new Set(['BOOKED']));
  });
});
