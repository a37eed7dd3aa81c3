import { objects, part, text } from '../../simulator/testing/json-answer.js';
import { TinkDriver } from '../testing/tink-driver.js';

const OTP = 'se-demobank-open-banking-embedded';

const aText: unknown = expect.any(String);
const aNumber: unknown = expect.any(Number);
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe('accounts and transactions', () => {
  let driver: TinkDriver;
  let token: string;

  beforeEach(async () => {
    driver = await TinkDriver.start();
    token = await driver.userToken();
  });
  afterEach(() => driver.sim.close());

  const get = (path: string, as = token) => driver.call('GET', path, { token: as });
  const accounts = async () => objects((await get('/data/v2/accounts')).body, 'accounts');

  it('are there only after the first pull', async () => {
    await driver.create(token, OTP, { username: 'u10000001', password: 'abc123' });
    expect((await get('/data/v2/accounts')).body).toEqual({ accounts: [], nextPageToken: '' });
  });

  it('carry amounts as text, with a negative scale for round sums', async () => {
    await driver.connected(token, OTP);
    const [checking, savings, card] = await accounts();
    expect(checking).toMatchObject({
      ...{ type: 'CHECKING', customerSegment: 'PERSONAL' },
      balances: {
        booked: { amount: { currencyCode: 'SEK', value: { unscaledValue: aText, scale: '2' } } },
      },
      identifiers: { iban: { iban: matching(/^SE\d{19}$/) } },
    });
    expect(savings).toMatchObject({
      balances: { booked: { amount: { value: { unscaledValue: '250', scale: '-2' } } } },
    });
    expect(card).toMatchObject({
      type: 'CREDIT_CARD',
      identifiers: { pan: { masked: matching(/^5311/) } },
    });
  });

  it('are the same bank accounts for the same login elsewhere, under other ids', async () => {
    await driver.connected(token, OTP);
    const mine = await accounts();
    token = await driver.userToken('cust-2');
    await driver.connected(token, OTP);
    const theirs = await accounts();
    expect(theirs.map(({ externalAccountId }) => externalAccountId)).toEqual(mine.map((a) => a['externalAccountId']));
    expect(theirs[0]?.['id']).not.toBe(mine[0]?.['id']);
  });

  it('filter and page accounts', async () => {
    await driver.connected(token, OTP);
    const types = async (query: string) =>
      objects((await get(`/data/v2/accounts?${query}`)).body, 'accounts').map(({ type }) => type);
    expect(await types('typesIn=SAVINGS&typesIn=CHECKING')).toEqual(['CHECKING', 'SAVINGS']);
    const first = (await get('/data/v2/accounts?pageSize=2')).body;
    expect(objects(first, 'accounts')).toHaveLength(2);
    expect(await types(`pageSize=2&pageToken=${text(first, 'nextPageToken')}`)).toEqual(['CREDIT_CARD']);
  });

  it('give one account and its balances as numbers', async () => {
    await driver.connected(token, OTP);
    const [, , card] = await accounts();
    const path = `/data/v2/accounts/${text(card ?? {}, 'id')}`;
    expect((await get(path)).body).toEqual(card);
    const balances = (await get(`${path}/balances`)).body;
    expect(balances).toMatchObject({
      accountId: card?.['id'],
      balances: { bookedBalance: { amount: { value: { scale: 2, unscaledValue: aNumber } } } },
      creditLimit: { amount: { valueInMinorUnit: 3_000_000 } },
    });
    const client = await driver.clientToken('accounts:read,accounts.balances:readonly');
    expect((await get(`${path}/balances`, client)).status).toBe(200);
    expect((await get(path, client)).status).toBe(403);
    expect((await get('/data/v2/accounts/nope')).status).toBe(404);
  });

  it('page through all transactions without loss, newest first', async () => {
    await driver.connected(token, OTP);
    const seen: string[] = [];
    const dates: string[] = [];
    let pageToken = '';
    do {
      const { body } = await get(`/data/v2/transactions?pageSize=25&pageToken=${pageToken}`);
      for (const transaction of objects(body, 'transactions')) {
        seen.push(text(transaction, 'id'));
        dates.push(text(part(transaction, 'dates'), 'transaction'));
      }
      pageToken = text(body, 'nextPageToken');
    } while (pageToken !== '');
    expect(seen.length).toBeGreaterThan(100);
    expect(new Set(seen).size).toBe(seen.length);
    expect(dates).toEqual([...dates].sort().reverse());
  });

  it('filter transactions by account, date and status', async () => {
    await driver.connected(token, OTP);
    const [checking] = await accounts();
    const id = text(checking ?? {}, 'id');
    const query = `accountIdIn=${id}&bookedDateGte=2026-11-01&bookedDateLte=2026-11-10&statusIn=BOOKED&pageSize=100`;
    const found = objects((await get(`/data/v2/transactions?${query}`)).body, 'transactions');
    expect(found.length).toBeGreaterThan(0);
    for (const transaction of found) {
      expect(transaction).toMatchObject({ accountId: id, status: 'BOOKED' });
      expect(text(transaction, 'bookedDateTime') <= '2026-11-11').toBe(true);
    }
  });

  it('grow with the days, and what was booked stays', async () => {
    const id = await driver.connected(token, OTP);
    const booked = async () => {
      const { body } = await get('/data/v2/transactions?statusIn=BOOKED&pageSize=100&bookedDateGte=2026-11-01');
      return objects(body, 'transactions');
    };
    const before = await booked();
    driver.clock.advance(5 * 86_400_000);
    token = await driver.userToken();
    expect(await booked()).toEqual(before);
    await driver.call('POST', `/api/v1/credentials/${id}/refresh`, { token });
    driver.steps(3);
    const after = await booked();
    expect(after.length).toBeGreaterThan(before.length);
    expect(after).toEqual(expect.arrayContaining(before));
  });

  it.each(['pageSize=0', 'pageSize=101', 'pageSize=x', 'pageToken=***', 'bookedDateGte=yesterday'])(
    'refuse %s',
    async (query) => {
      expect((await get(`/data/v2/transactions?${query}`)).status).toBe(400);
    },
  );

  it('show less for the user with partial data', async () => {
    const { body } = await driver.create(token, 'se-demobank-password', { username: 'u10000002', password: 'abc123' });
    driver.steps(3);
    expect(await driver.read(token, text(body, 'id'))).toMatchObject({ status: 'UPDATED' });
    expect(await accounts()).toHaveLength(1);
  });
});
