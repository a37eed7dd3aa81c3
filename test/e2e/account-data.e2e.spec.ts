import { LoadAccountData } from '../../src/account-data/load-account-data.js';
import { SCOPES, type Scope } from '../../src/access/scope.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { JobWorkers } from '../../src/platform/queue/job-workers.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { member, RestClient, textAt } from '../../src/sandbox/rest-client.js';
import { BOOTSTRAP_KEY, startWithProviders, type FakeProviderApp } from '../factories/fake-provider-app.factory.js';
import {
  AccountDataFake,
  AccountStatementsFake,
  dataPage,
  notReady,
  providerAccount,
  providerHolding,
  providerTransaction,
} from '../fakes/account-data.fake.js';
import { FAKE_BANK, FAKE_PASSWORD, FakeBank } from '../fakes/provider-bank.fake.js';
import { ProviderFake } from '../fakes/provider.fake.js';

const IBAN = 'DE89370400440532013000';
const STEP_MS = 2000;
const rows = [
  providerTransaction({ id: 't-1', day: '2026-11-16', text: 'COFFEE' }),
  providerTransaction({ id: 't-2', day: '2026-11-18', text: 'LUNCH', amount: '-18.00', counterparty: 'Bistro' }),
  providerTransaction({ id: 't-3', day: '2026-11-18', text: 'BOOKS', amount: '-30.25' }),
  providerTransaction({ id: 't-4', day: '2026-11-19', text: 'HOTEL', status: 'pending' }),
];

describe('account data', () => {
  const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
  const [data, statements] = [new AccountDataFake(), new AccountStatementsFake()];
  const kinds = ['accounts', 'transactions', 'holdings', 'statements'] as const;
  let app: FakeProviderApp;
  let admin: RestClient;
  let api: RestClient;
  let key = '';
  let users = 0;

  beforeAll(async () => {
    const provider = Object.assign(new ProviderFake('fake', { data: kinds }), { data, statements });
    const bare = new ProviderFake('bare');
    new FakeBank(provider, clock);
    new FakeBank(bare, clock);
    app = await startWithProviders([provider, bare], clock);
    admin = new RestClient(app.baseUrl, BOOTSTRAP_KEY);
    const created = await admin.call('POST', '/admin/clients', { name: 'tests', scopes: [...SCOPES] });
    key = textAt(created.body, 'key');
    api = new RestClient(app.baseUrl, key);
  });

  afterAll(async () => {
    await app.close();
  });

  async function clientWith(...scopes: Scope[]): Promise<RestClient> {
    const created = await admin.call('POST', '/admin/clients', { name: 'tests', scopes });
    return new RestClient(app.baseUrl, textAt(created.body, 'key'));
  }

  /** A connection that became active, and whatever follows from that. */
  async function connected(provider = 'fake'): Promise<string> {
    const user = await api.call('POST', '/v1/users', { externalUserId: `cust-${++users}`, market: 'SE' });
    const created = await api.call('POST', '/v1/connections', {
      ...{ userId: textAt(user.body, 'id'), provider, institutionId: FAKE_BANK },
      fields: { username: `good-${users}`, password: FAKE_PASSWORD },
    });
    const id = textAt(created.body, 'id');
    for (let step = 0; step < 3; step += 1) {
      clock.advance(STEP_MS);
      await app.watch();
      await workOff();
    }
    expect(member((await api.call('GET', `/v1/connections/${id}`)).body, 'state', 'value')).toBe('active');
    return id;
  }

  const workOff = async () => app.app.get(JobWorkers, { strict: false }).workOff();
  const get = async (id: string, path: string) => api.call('GET', `/v1/connections/${id}/${path}`);
  const texts = (body: unknown) => (member(body, 'data') as { description: string }[]).map((row) => row.description);

  it('is there after the first load, without anybody asking', async () => {
    const account = providerAccount({ id: 'acc-1', iban: IBAN, number: '5320 1300 0' });
    data.plan(dataPage({ accounts: [account], transactions: rows, holdings: [providerHolding('h-1')] }));
    const id = await connected();

    const accounts = await get(id, 'accounts');
    expect(accounts.status).toBe(200);
    expect(accounts.body).toEqual({
      data: [
        {
          ...{ id: expect.any(String) as string, kind: 'checking', name: 'Everyday', holderName: 'Ada Lovelace' },
          ...{ currency: 'EUR', iban: IBAN, number: '5320 1300 0', asOf: '2026-11-20T08:00:00.000Z', closedAt: null },
          balances: [{ kind: 'booked', amount: '100.00', currency: 'EUR' }],
        },
      ],
      nextCursor: null,
      asOf: '2026-11-20T09:00:00.000Z',
      loadedAt: expect.stringMatching(/^2026-11-20T10:00/) as string,
      degradedGroups: [],
    });
    expect((await get(id, 'holdings')).body).toMatchObject({
      data: [{ quantity: '10', price: { amount: '81.20', currency: 'EUR' }, costBasis: null }],
      asOf: '2026-11-20T09:00:00.000Z',
    });
    const accountId = textAt(accounts.body, 'data', 0, 'id');
    expect((await get(id, 'transactions')).body).toMatchObject({
      data: [
        { status: 'pending', description: 'HOTEL' },
        { day: '2026-11-18' },
        { day: '2026-11-18' },
        { accountId, amount: '-12.50', day: '2026-11-16', valueDay: null, counterparty: null, balanceAfter: null },
      ],
    });
    for (const secret of [IBAN, '5320 1300 0', 'acc-1', 'COFFEE']) expect(app.logText()).not.toContain(secret);
  });

  it('shows transactions by account, day and status, page by page, newest first', async () => {
    data.plan(dataPage({ transactions: rows }));
    const id = await connected();
    expect(texts((await get(id, 'transactions?from=2026-11-17&to=2026-11-18')).body).sort()).toEqual([
      'BOOKS',
      'LUNCH',
    ]);
    // A time stands for its day in UTC, on both sides.
    for (const query of [
      'from=2026-11-17T23:59:59Z&to=2026-11-18T00:00:00.000Z',
      'from=2026-11-17T01:30:00%2B01:00&to=2026-11-17T23:30:00-01:00',
    ]) {
      expect(texts((await get(id, `transactions?${query}`)).body).sort()).toEqual(['BOOKS', 'LUNCH']);
    }
    for (const query of ['from=0100-01-01T00:00:00%2B23:59', 'to=9999-12-31T23:59:59-23:59']) {
      expect([query, texts((await get(id, `transactions?${query}`)).body).length]).toEqual([query, rows.length]);
    }
    expect(texts((await get(id, 'transactions?status=pending')).body)).toEqual(['HOTEL']);

    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 4; page += 1) {
      const { body } = await get(id, `transactions?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...texts(body));
      cursor = member(body, 'nextCursor') as string | null;
    }
    expect(cursor).toBeNull();
    expect(seen).toEqual(texts((await get(id, 'transactions')).body));
    expect(new Set(seen).size).toBe(4);

    const accountId = textAt((await get(id, 'accounts')).body, 'data', 0, 'id');
    expect(texts((await get(id, `transactions?accountId=${accountId}&status=booked`)).body)).toHaveLength(3);
    const other = await get(id, `transactions?accountId=${id}`);
    expect(other).toMatchObject({ status: 404, body: { code: 'account.not_found' } });
  });

  it.each([
    'transactions?from=yesterday',
    'transactions?to=2026-02-30',
    'transactions?from=2026-02-30T10:00:00Z',
    'transactions?from=0000-01-01',
    'transactions?from=2026-11-20T10:00:00',
    'transactions?status=all',
    'transactions?accountId=acc-1',
    'transactions?cursor=bm8',
    'transactions?limit=1000',
    'accounts?cursor=bm8',
    'statements/not-a-uuid',
  ])('refuses %s', async (path) => {
    data.plan(dataPage());
    const unknown = '0199ffff-0000-7000-8000-00000000ffff';
    expect((await get(await oneConnection(), path)).status).toBe(400);
    expect((await get(unknown, 'accounts')).body).toMatchObject({ code: 'connection.not_found' });
  });

  let kept: string | undefined;
  const oneConnection = async () => (kept ??= await connected());

  it('answers from the cache until a load changes it', async () => {
    data.plan(dataPage());
    const id = await connected();
    const first = await get(id, 'accounts');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).not.toBe('');
    const headers = { authorization: `Bearer ${key}`, 'if-none-match': etag };
    expect((await fetch(`${app.baseUrl}/v1/connections/${id}/accounts`, { headers })).status).toBe(304);

    data.plan(dataPage({ accounts: [providerAccount({ id: 'acc-1', iban: IBAN, balance: '7.00' })] }));
    await app.app.get(LoadAccountData, { strict: false }).run(id, { force: true });

    expect((await get(id, 'accounts')).body).toMatchObject({ data: [{ balances: [{ amount: '7.00' }] }] });
  });

  it('asks for the scope that belongs to it', async () => {
    const id = await oneConnection();
    const accounts = await clientWith('accounts:read');
    const transactions = await clientWith('transactions:read');
    const statusOf = async (client: RestClient, path: string) =>
      (await client.call('GET', `/v1/connections/${id}/${path}`)).status;

    expect(await statusOf(accounts, 'accounts')).toBe(200);
    expect(await statusOf(accounts, 'transactions')).toBe(403);
    expect(await statusOf(transactions, 'transactions')).toBe(200);
    expect(await statusOf(transactions, 'holdings')).toBe(403);
  });

  it('hands out statements as files, when the provider has them', async () => {
    data.plan(dataPage());
    const id = await connected();
    const summary = { vendorId: new Opened('vendor-s-1'), accountVendorId: new Opened('acc-1'), day: '2026-10-31' };
    statements.statements = [{ ...summary, name: 'October "2026"' }];
    statements.waits = [notReady(new Date(clock.now().getTime() + 5000))];

    const early = await get(id, 'statements');
    expect(early).toMatchObject({ status: 503, body: { code: 'data.not_ready' } });
    expect(early.headers.get('retry-after')).toBe('5');
    clock.advance(5000);
    const { body } = await get(id, 'statements');
    expect(body).toMatchObject({ data: [{ name: 'October "2026"', day: '2026-10-31' }], nextCursor: null });
    expect(JSON.stringify(body)).not.toContain('vendor-s-1');

    const statementId = textAt(body, 'data', 0, 'id');
    const file = await get(id, `statements/${statementId}`);
    expect(file.headers.get('content-type')).toBe('application/pdf');
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="October_2026.pdf"');
    expect(Buffer.from(file.bytes)).toEqual(statements.pdf);
  });

  it('says which provider cannot', async () => {
    const id = await connected('bare');
    expect(await get(id, 'statements')).toMatchObject({ status: 422, body: { code: 'capability_unsupported' } });
    expect((await get(id, 'accounts')).body).toMatchObject({ data: [], asOf: null, loadedAt: null });
  });

  it('goes with its connection', async () => {
    data.plan(dataPage({ transactions: rows }));
    const id = await connected();
    expect((await get(id, 'accounts')).status).toBe(200);
    expect((await api.call('DELETE', `/v1/connections/${id}`)).status).toBe(204);
    for (const path of ['accounts', 'transactions', 'holdings', 'statements']) {
      expect(await get(id, path)).toMatchObject({ status: 404, body: { code: 'connection.not_found' } });
    }
  });

  it('asks an operator about accounts that are too alike', async () => {
    const alike = (id: string) => providerAccount({ id, number: '****1234' });
    data.plan(dataPage({ accounts: [alike('one'), alike('two')] }));
    const id = await connected();
    data.plan(dataPage({ accounts: [alike('new')] }));
    await app.app.get(LoadAccountData, { strict: false }).run(id, { force: true });

    const { body } = await api.call('GET', '/admin/account-matches');
    const question = (member(body, 'data') as { id: string; connectionId: string; candidates: string[] }[]).find(
      ({ connectionId }) => connectionId === id,
    );
    const path = `/admin/account-matches/${question?.id ?? ''}`;
    expect(await api.call('POST', path, { accountId: 'x' })).toMatchObject({ status: 400 });
    expect(await api.call('POST', path, {})).toMatchObject({ status: 400 });
    expect((await api.call('POST', path, { accountId: question?.candidates[0] })).status).toBe(204);
    expect(await api.call('POST', path, { accountId: null })).toMatchObject({
      status: 404,
      body: { code: 'account_match.not_found' },
    });
    expect(member((await get(id, 'accounts')).body, 'data')).toHaveLength(2);
  });

  it('is counted', async () => {
    const metrics = await (await fetch(`${app.baseUrl}/metrics`)).text();
    expect(metrics).toMatch(/mooring_data_loads_total\{provider="fake",outcome="loaded"\} \d+/);
    expect(metrics).toMatch(/mooring_data_load_duration_seconds_count\{provider="fake"\} \d+/);
    expect(metrics).toMatch(/mooring_transactions_upserted_total\{provider="fake",change="added"\} \d+/);
  });
});
