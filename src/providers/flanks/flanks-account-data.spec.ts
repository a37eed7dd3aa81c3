import type { DataNotReady, DataPage } from '../../credentials/account-data.js';
import type { CredentialRef, ProviderUserRef } from '../../credentials/credential-ref.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { ProviderServerFake, Reply } from '../../../test/fakes/provider-server.fake.js';
import { dataBody, dataRoute, DATA_NAMES, type DataName } from '../../../test/fixtures/flanks/data-bodies.js';
import { fixture } from '../../../test/fixtures/flanks/fixture.js';
import { flanksUnderTest } from '../../../test/fixtures/flanks/flanks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const STATUS = 'POST /v0/bank/credentials/status';
const NOW = '2026-11-20T10:00:00Z';
const LOADED = new Date('2026-11-20T04:00:00Z');
const ref: CredentialRef = { user: 'cust-1' as ProviderUserRef, credentialId: new Opened('ct_1') };
const call = { signal: new AbortController().signal };
const json = (body: unknown, status = 200): Reply => ({ status, body });
const text = (body: string): Reply => ({ status: 200, body });
const loading = json({ error: 'PROCESSING', code: 20002 });
const failed = json({ error: 'INCOMPLETE', code: 20001 });
const status = (change: Record<string, unknown> = {}): Reply =>
  json({ ...fixture('status-active'), last_update_timestamp: LOADED.getTime() / 1000, ...change });
const errored = (product: readonly string[], transaction: readonly string[] = []) => ({
  errored: {
    product: Object.fromEntries(product.map((name) => [name, true])),
    transaction: Object.fromEntries(transaction.map((name) => [name, true])),
  },
});

describe('FlanksAccountData', () => {
  let server: ProviderServerFake;
  let flanks: ReturnType<typeof flanksUnderTest>;

  withProviderServer(NOW, (given) => {
    ({ server } = given);
    flanks = flanksUnderTest(server.url, given.clock);
    server.always('POST /v0/token', json({ access_token: 'tok', expires_in: 3600 }));
    return flanks;
  });

  /** All of Flanks' data as they were captured, but for what a test changes. */
  const bank = (change: Partial<Record<DataName, Reply>> = {}, statusReply = status()): void => {
    server.always(STATUS, statusReply);
    for (const name of DATA_NAMES) server.always(dataRoute(name), change[name] ?? text(dataBody(name)));
  };
  const part = async (
    cursor: SecretValue | null = null,
    since: string | null = null,
  ): Promise<DataPage | DataNotReady> => {
    const result = await flanks.data.read(ref, { since, cursor }, call);
    if (!result.ok) throw new Error(result.failure.code);
    return result.value;
  };
  const page = async (cursor: SecretValue | null = null, since: string | null = null): Promise<DataPage> => {
    const read = await part(cursor, since);
    if (read.kind !== 'page') throw new Error('Not ready.');
    return read;
  };
  const pages = async (since: string | null = null): Promise<readonly DataPage[]> => {
    const all = [await page(null, since)];
    for (let next = all[0]?.next ?? null; next !== null; next = all.at(-1)?.next ?? null)
      all.push(await page(next, since));
    return all;
  };
  const open = (value: SecretValue | null | undefined): string | null => value?.reveal('test') ?? null;

  describe('accounts', () => {
    it('are accounts, cards, liabilities, portfolios and what stands alone, in the digits of the vendor', async () => {
      bank();
      const { accounts, dataAsOf, missing, transactions } = await page();
      expect(
        accounts.map(({ vendorId, kind, name, currency, balances }) => [
          open(vendorId),
          kind,
          name,
          currency,
          balances.map((balance) => `${balance.kind} ${balance.money.amount} ${balance.money.currency}`).join(', '),
        ]),
      ).toEqual([
        ['acc_1', 'checking', 'Cuenta corriente', 'EUR', 'booked 1034.10 EUR'],
        ['acc_2', 'investment', 'Valores', 'USD', 'market_value 9007199254740993.01 USD'],
        ['acc_3', 'checking', 'Antigua', 'EUR', ''],
        [
          'card_1',
          'credit_card',
          'Tarjeta credito',
          'EUR',
          'booked -250.05 EUR, available 1249.95 EUR, credit_limit 1500 EUR',
        ],
        ['card_2', 'other', null, 'EUR', 'booked 0 EUR'],
        [
          'loan_1',
          'loan',
          'Prestamo hipotecario',
          'EUR',
          'outstanding 88463.10 EUR, available 0 EUR, credit_limit 120000 EUR',
        ],
        ['loan_2', 'other', null, 'EUR', 'outstanding 1200 EUR'],
        ['p_9f', 'investment', 'Cartera 1', 'EUR', 'market_value 15230.4 EUR'],
        ['p_pp', 'pension', 'Plan', 'EUR', 'market_value 100 EUR'],
        ['i_3', 'pension', 'Plan suelto', 'EUR', 'market_value 2500 EUR'],
      ]);
      expect([dataAsOf, missing, transactions]).toEqual([LOADED, [], []]);
    });

    it('have their numbers, their holders and the time of their own data', async () => {
      bank();
      const [cash, papers, old, card, , , , portfolio] = (await page()).accounts;
      expect([cash, old].map((account) => open(account?.iban))).toEqual(['ES9121000418450200051332', null]);
      expect([card, portfolio].map((account) => open(account?.number))).toEqual(['************1234', '0049-77']);
      expect([cash, papers, old].map((account) => account?.holderName)).toEqual(['ANA DEMO GARCIA', null, 'ANA DEMO']);
      expect([cash?.asOf, papers?.asOf]).toEqual([LOADED, LOADED]);
    });

    it('have the owners of the account where the holders failed, and nothing is missing for that', async () => {
      bank({}, status(errored(['holders'])));
      const { accounts, missing } = await page();
      expect([accounts[0]?.holderName, missing]).toEqual(['ANA DEMO, LUIS DEMO', []]);
      expect(server.callsTo(dataRoute('holder'))).toEqual([]);
    });

    it('appear once', async () => {
      bank({ account: text(dataBody('account').replace('"acc_2"', '"acc_1"')) });
      expect((await page()).accounts.map(({ vendorId }) => open(vendorId)).filter((id) => id === 'acc_1')).toHaveLength(
        1,
      );
    });

    it.each([
      ['no currency', '"currency": "EUR", "isOwner"', '"isOwner"'],
      ['a currency of no standard', '"EUR", "isOwner"', '"euros", "isOwner"'],
      ['an amount in words', '1034.10', '"mucho"'],
    ])('with %s are left out, and that is said', async (_what, from, to) => {
      bank({ account: text(dataBody('account').replace(from, to)) });
      const { accounts, missing } = await page();
      expect(accounts).toHaveLength(9);
      expect(missing).toEqual(['accounts']);
    });

    it('may be none at all', async () => {
      server.always(STATUS, status());
      for (const name of DATA_NAMES) server.always(dataRoute(name), json([]));
      expect(await pages()).toMatchObject([{ accounts: [], transactions: [], holdings: [], missing: [], next: null }]);
      expect(server.callsTo(dataRoute('data'))).toEqual([]);
    });
  });

  describe('holdings', () => {
    it('are the positions of their portfolio', async () => {
      bank();
      const { holdings } = await page();
      expect(
        holdings.map(({ accountVendorId, vendorId, name, isin, quantity, marketValue, price, costBasis, asOf }) => [
          [open(accountVendorId), open(vendorId), name, isin, quantity, marketValue?.amount, price, costBasis, asOf],
        ]),
      ).toEqual([
        [['p_9f', 'i_1', 'Fondo Global', 'ES0000000011', '12.345678901234567890', '15000.40', null, null, LOADED]],
        [['p_9f', 'i_2', 'Moneda', null, '0.0000001', '0.01', null, null, LOADED]],
        [['i_3', 'i_3', 'Plan suelto', null, null, '2500', null, null, LOADED]],
      ]);
    });

    it('without their portfolio are left out, and that is said', async () => {
      bank({ portfolio: json([]) });
      expect(await page()).toMatchObject({ holdings: [{ name: 'Plan suelto' }], missing: ['holdings'] });
    });

    it('of one paper in two portfolios are two', async () => {
      const twice = dataBody('investment')
        .replace('"i_2"', '"i_1"')
        .replace('"p_9f", "type": "C"', '"p_pp", "type": "C"');
      bank({ investment: text(twice) });
      const { holdings } = await page();
      expect(holdings.map(({ accountVendorId, vendorId }) => `${open(accountVendorId)} ${open(vendorId)}`)).toEqual([
        'p_9f i_1',
        'p_pp i_1',
        'i_3 i_3',
      ]);
    });
  });

  describe('transactions', () => {
    it('come after the accounts, a page for each group of products', async () => {
      bank();
      const [, accounts, cards, liabilities, ...more] = await pages();
      expect(more).toEqual([]);
      expect(
        accounts?.transactions.map(({ vendorId, money, day, valueDay, description, counterparty, balanceAfter }) => [
          ...[open(vendorId), money.amount, day, valueDay, description, counterparty, balanceAfter],
        ]),
      ).toEqual([
        // Half past eleven in the evening stays on its day.
        ['t_3', '-12.50', '2026-11-19', '2026-11-20', 'Panaderia Sol', 'PANADERIA SOL SL', '1034.10'],
        ['t_2', '2150.4', '2026-11-18', '2026-11-18', 'Nomina', 'EMPRESA DEMO', '1046.60'],
        // An id that comes twice is none.
        [null, '-5', '2026-11-17', null, 'Comision', null, null],
        [null, '-5', '2026-11-17', null, 'Comision', null, null],
        [null, '0.1', '2026-11-16', '2026-11-16', 'Intereses', null, null],
      ]);
      expect(cards?.transactions).toMatchObject([{ status: 'booked', money: { amount: '-45.05', currency: 'EUR' } }]);
      expect(liabilities?.transactions).toMatchObject([{ money: { amount: '-512.30' }, day: '2026-11-05' }]);
      const owners = [accounts, cards, liabilities].map((each) => open(each?.transactions[0]?.accountVendorId));
      expect(owners).toEqual(['acc_1', 'card_1', 'loan_1']);
      expect([accounts?.dataAsOf, liabilities?.dataAsOf]).toEqual([LOADED, LOADED]);
      expect(server.calls.filter(({ path }) => path.endsWith('/status'))).toHaveLength(1);
    });

    it('of earlier days are left out when only later ones are asked for', async () => {
      bank();
      const days = (await pages('2026-11-18')).flatMap(({ transactions }) => transactions.map(({ day }) => day));
      expect(days).toEqual(['2026-11-19', '2026-11-18']);
    });

    it.each([
      ['no day', '"operationDate": "2026-11-18", "valueDate": "2026-11-18", ', ''],
      ['a day that no calendar has', '2026-11-18', '2026-02-30'],
      ['no amount', '"amount": 2150.4, ', ''],
      ['no account', '"_id": "t_2", "account_id": "acc_1"', '"_id": "t_2"'],
    ])('with %s are left out and counted, and hold up nothing', async (_what, from, to) => {
      bank({ data: text(dataBody('data').replace(from, to)) });
      const [first, accounts, cards] = await pages();
      expect([first, accounts, cards].map((each) => [each?.missing, each?.unreadable])).toEqual([
        [[], 0],
        [[], 1],
        [[], 0],
      ]);
      expect(accounts?.transactions).toHaveLength(4);
      expect(flanks.observer.words).toMatchObject([{ kind: 'unusable item', word: '/v0/bank/credentials/data' }]);
    });

    it('that fail between two pages are missing, and the others come', async () => {
      bank({ data: failed });
      const [first, accounts, cards] = await pages();
      expect([first?.missing, accounts?.missing, cards?.missing]).toEqual([[], ['transactions'], []]);
      expect([accounts?.transactions.length, cards?.transactions.length]).toEqual([0, 1]);
    });

    it('that are not there yet are waited for at the same place', async () => {
      server.always(STATUS, status());
      for (const name of DATA_NAMES.filter((each) => each !== 'data'))
        server.always(dataRoute(name), text(dataBody(name)));
      server.plan(dataRoute('data'), loading, text(dataBody('data')));
      const waiting = await part((await page()).next);
      expect(waiting).toMatchObject({ kind: 'not_ready', retryAt: new Date('2026-11-20T10:00:30Z') });
      if (waiting.kind !== 'not_ready') throw new Error('Ready.');
      expect((await page(waiting.cursor)).transactions).toHaveLength(5);
    });
  });

  describe('a group that failed', () => {
    it.each<[string, readonly string[], readonly string[], readonly string[], readonly DataName[]]>([
      ['accounts', ['account'], [], ['accounts', 'transactions'], ['account', 'data']],
      ['cards', ['card'], [], ['accounts', 'transactions'], ['card', 'card/transaction']],
      ['portfolios', ['portfolio'], [], ['accounts', 'holdings'], ['portfolio']],
      ['investments', ['investment'], [], ['accounts', 'holdings'], ['investment']],
      ['transactions of accounts', [], ['account'], ['transactions'], ['data']],
    ])('%s: is missing and not asked for', async (_what, product, transaction, missing, unasked) => {
      bank({}, status(errored(product, transaction)));
      const all = await pages();
      expect(all[0]?.missing).toEqual(missing);
      for (const name of unasked) expect(server.callsTo(dataRoute(name))).toEqual([]);
      expect(all[0]?.accounts.length).toBeGreaterThan(0);
    });

    it('by its own answer is missing too', async () => {
      bank({ account: json({ error: 'INCOMPLETE', code: 20001 }, 400) });
      expect(await page()).toMatchObject({ missing: ['accounts', 'transactions'] });
    });
  });

  describe('a credential that is still loading', () => {
    it('is asked again later, and nothing else is asked meanwhile', async () => {
      server.plan(STATUS, status({ pending: true }), status());
      const waiting = await part();
      expect(waiting).toMatchObject({ kind: 'not_ready', retryAt: new Date('2026-11-20T10:00:30Z') });
      for (const name of DATA_NAMES) server.always(dataRoute(name), text(dataBody(name)));
      if (waiting.kind !== 'not_ready') throw new Error('Ready.');
      expect((await page(waiting.cursor)).accounts).toHaveLength(10);
    });

    it.each<DataName>(['account', 'investment'])('group by group: %s', async (name) => {
      bank({ [name]: loading });
      expect(await part()).toMatchObject({ kind: 'not_ready' });
    });

    it.each([
      ['the bank wants its user', { sca_token: 'sca-1' }],
      ['its login no longer works', { blocked: true, reset_token: 'reset-1' }],
    ])('gives what is there when %s: waiting brings nothing', async (_what, change) => {
      bank({ card: loading, data: loading }, status({ pending: true, ...change }));
      const [first, accounts] = await pages();
      expect(first?.missing).toEqual(['accounts', 'transactions']);
      expect([accounts?.transactions, accounts?.missing]).toEqual([[], ['transactions']]);
    });
  });

  describe('failures', () => {
    it.each<[string, Reply, string]>([
      ['5xx', json({ error: 'Internal Error' }, 500), 'provider.unavailable'],
      ['an object instead of a list', json({ items: [] }), 'provider.bad_response'],
      ['no JSON', text('<html>'), 'provider.bad_response'],
      ['half a list', text('[{"_id": "acc_1"'), 'provider.bad_response'],
      ['a path that is gone', json({ error: 'Not found' }, 404), 'provider.bad_response'],
      ['gone meanwhile', json({ error: 'credentials_token does not exist', code: 40001 }, 400), 'credential.not_found'],
    ])('of one group are those of the reading: %s', async (_what, reply, code) => {
      bank({ liability: reply });
      expect(await flanks.data.read(ref, { since: null, cursor: null }, call)).toMatchObject({
        failure: { code, mayHaveHappened: false },
      });
    });

    it('of a cursor that is none of ours cost no call', async () => {
      for (const cursor of ['', '{"steps":[]}', '{"steps":[{"group":"auth","productIds":[]}],"stopped":false}']) {
        expect(await flanks.data.read(ref, { since: null, cursor: new Opened(cursor) }, call)).toMatchObject({
          failure: { code: 'credential.invalid_input' },
        });
      }
      expect(server.calls).toEqual([]);
    });
  });

  it('asks for one credential, group by group, with one token', async () => {
    bank();
    await pages();
    const asked = server.calls.map(({ path }) => path.replace('/v0/bank/credentials/', ''));
    expect(asked.sort()).toEqual(['/v0/token', 'status', ...DATA_NAMES].sort());
    for (const name of DATA_NAMES) {
      expect(JSON.parse(server.callsTo(dataRoute(name))[0]?.body ?? '')).toEqual({
        credentials_token: 'ct_1',
        query: {},
      });
    }
  });
});
