import type { AccountData, DataPage } from '../../src/credentials/account-data.js';
import type { SecretValue } from '../../src/credentials/secret-value.js';
import { describeAccountDataContract } from './account-data.contract.js';
import { AccountDataBench } from './account-data-bench.js';
import { idOf, startTinkData, type TinkDataHarness } from './tink-data.harness.js';

describeAccountDataContract('Tink', startTinkData);

describe("Tink's own traps", () => {
  let bench: AccountDataBench;
  let harness: TinkDataHarness;
  let data: AccountData;

  beforeEach(async () => {
    bench = await AccountDataBench.open(async () => {
      harness = (await startTinkData()) as TinkDataHarness;
      return harness;
    });
    ({ data } = bench);
  });
  afterEach(async () => bench.close());
  const connected = async () => harness.connected(await harness.user());
  const page = async (ref: Awaited<ReturnType<typeof connected>>, cursor: SecretValue | null, since: string | null) => {
    const result = await data.read(ref, { since, cursor }, bench.call);
    if (!result.ok || result.value.kind !== 'page') throw new Error('No page.');
    return result.value;
  };
  const ids = ({ transactions }: Pick<DataPage, 'transactions'>) =>
    transactions.map(({ vendorId }) => vendorId?.reveal('test')).sort();

  it('gives pending transactions although they have no booking day that `since` could find', async () => {
    const ref = await connected();
    harness.advance(86_400_000 * 3);
    await harness.moreData(ref);
    const all = await bench.read(ref);
    const pending = all.transactions.filter(({ status }) => status === 'pending');
    const since = await bench.read(ref, '2026-11-22');
    expect(ids({ transactions: since.transactions.filter(({ status }) => status === 'pending') })).toEqual(
      ids({ transactions: pending }),
    );
    expect(since.transactions.every(({ status, day }) => status === 'pending' || day >= '2026-11-22')).toBe(true);
  });

  it('asks for no account of another credential, in any query', async () => {
    const user = await harness.user();
    const [one, other] = [await harness.connected(user), await harness.connected(user)];
    const theirs = harness.simulator.control.totals({ credentialsId: idOf(other) }).accounts;
    harness.simulator.control.clearCalls();
    await bench.read(one, '2026-10-01');
    await bench.read(one);
    const queries = harness.simulator.control.calls({ path: '^/data/v2/' }).map(({ query }) => query);
    expect(queries.length).toBeGreaterThan(3);
    for (const query of queries) {
      expect(query).toMatch(/(idIn|accountIdIn)=/);
      for (const { accountId } of theirs) expect(query).not.toContain(accountId);
    }
  });

  it('has accounts on the first page, transactions on the others, and one time of the data', async () => {
    const ref = await connected();
    const first = await page(ref, null, null);
    expect(first.transactions).toEqual([]);
    expect(first.dataAsOf).toEqual(new Date('2026-11-20T10:00:03.000Z'));
    const second = await page(ref, first.next, null);
    expect(second).toMatchObject({ accounts: [], dataAsOf: first.dataAsOf });
    expect(second.transactions.length).toBe(100);
  });

  it('says of a credential that was never fetched that its data are missing, not that there are none', async () => {
    const user = await harness.user();
    const ref = await harness.connected(user);
    const view = harness.simulator.control.credentials(idOf(ref));
    const consent = { credentialsId: view.id, status: 'UPDATING', accountIds: [] };
    const action = (body: unknown) => ({ kind: 'respond', status: 200, body }) as const;
    const path = '^/api/v1/provider-consents$';
    const { control } = harness.simulator;
    for (const body of [
      { providerConsents: [consent] },
      { providerConsents: [{ ...consent, status: 'UPDATED', accountIds: null }] },
      { providerConsents: [] },
    ]) {
      control.addFault({ path, action: action(body) });
      expect(await bench.read(ref)).toEqual({
        accounts: [],
        transactions: [],
        holdings: [],
        missing: ['accounts', 'transactions'],
        unreadable: 0,
      });
    }
    control.addFault({ path, action: action({ providerConsents: [{ ...consent, status: 'UPDATED' }] }) });
    expect((await bench.read(ref)).missing).toEqual([]);
    expect(control.calls({ path: '^/data/v2/' })).toEqual([]);
  });

  it('tells how much it cannot read, gives the rest, and counts words that it does not know', async () => {
    const ref = await connected();
    const account = { id: 'a-1', name: 'X', type: 'SPACE_ACCOUNT', dates: { lastRefreshed: 'soon' } };
    const { accounts } = harness.simulator.control.totals({ credentialsId: idOf(ref) });
    const id = accounts[0]?.accountId ?? '';
    const good = { ...account, id, dates: {} };
    const foreign = { ...good, id: 'of-somebody-else' };
    const respond = (path: string, body: unknown) =>
      harness.simulator.control.addFault({ path, action: { kind: 'respond', status: 200, body } });
    respond('^/data/v2/accounts$', { accounts: [good, account, foreign] });
    const amount = { currencyCode: 'SEK', value: { unscaledValue: '-1', scale: '2' } };
    const transaction = { id: 't', accountId: id, status: 'SETTLED', amount, dates: { booked: '2026-11-01' } };
    respond('^/data/v2/transactions$', {
      transactions: [
        transaction,
        { ...transaction, id: 't2', dates: {} },
        { ...transaction, id: 't3', amount: 12.5 },
        { ...transaction, id: 't4', accountId: 'of-somebody-else' },
      ],
    });
    const reading = await bench.read(ref);
    expect(reading.accounts).toHaveLength(1);
    expect(reading.accounts[0]).toMatchObject({ kind: 'other', currency: 'XXX', balances: [] });
    expect(ids(reading)).toEqual(['t']);
    expect(reading.transactions[0]).toMatchObject({ status: 'booked', money: { amount: '-0.01', currency: 'SEK' } });
    // An account that cannot be read is not one that is gone; two transactions are counted and hold up nothing.
    expect([reading.missing, reading.unreadable]).toEqual([['accounts'], 2]);
    expect(harness.spoken()[1]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ word: 'SPACE_ACCOUNT' }),
        expect.objectContaining({ word: 'SETTLED' }),
      ]),
    );
  });

  it('gives the same data under new ids when Tink mints new ones', async () => {
    const ref = await connected();
    const before = await bench.read(ref);
    harness.simulator.control.remintIds(idOf(ref), 'next-run');
    expect(ids(await bench.read(ref))).toEqual(ids(before));
    await harness.moreData(ref);
    const after = await bench.read(ref, '2026-10-01');
    expect(ids(after).filter((id) => ids(before).includes(id))).toEqual([]);
    expect(after.accounts.map(({ iban }) => iban?.reveal('test'))).toEqual(
      before.accounts.map(({ iban }) => iban?.reveal('test')),
    );
  });
});
