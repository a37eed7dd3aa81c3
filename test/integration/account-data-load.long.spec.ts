import { connectionTag, userTag } from '../../src/cache/keys.js';
import type { Connection } from '../../src/connections/domain/connection.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import { providerId } from '../../src/credentials/provider-id.js';
import { at, NOON } from '../factories/connection.factory.js';
import {
  dataPage,
  notReady,
  providerAccount,
  providerHolding,
  providerTransaction,
} from '../fakes/account-data.fake.js';
import { AccountDataWorld } from './account-data-world.js';

const DOWN: ProviderFailure = { code: 'provider.unavailable', message: 'Away.', mayHaveHappened: false };
const coffee = providerTransaction({ id: 't-1', day: '2026-11-17' });
const lunch = providerTransaction({ id: 't-2', day: '2026-11-18', amount: '-18.00', text: 'LUNCH' });

describe('loading account data', () => {
  let world: AccountDataWorld;

  beforeAll(async () => {
    world = await AccountDataWorld.open();
  });

  afterAll(async () => {
    await world.close();
  });

  beforeEach(() => {
    world.data.calls.length = 0;
    world.outbox.events.length = 0;
    world.store.cache.invalidated.length = 0;
  });

  const connected = async (changes: Partial<Connection> = {}) =>
    world.store.add({ provider: providerId('fake'), ...changes });

  /** The next load has something to ask. */
  const refreshed = async ({ id }: Connection) =>
    world.sql(`UPDATE connections SET data_as_of = data_as_of + interval '1 hour' WHERE id = $1`, [id]);

  const load = async (connection: Connection) => (await world.load.run(connection.id)).outcome;

  it('keeps what the provider has, tells the outbox and the cache, and remembers how far it came', async () => {
    const connection = await connected();
    world.data.plan(
      dataPage({ transactions: [coffee], holdings: [providerHolding('h-1')], next: 'page-2' }),
      dataPage({ accounts: [], transactions: [lunch] }),
    );

    const { outcome, changes } = await world.load.run(connection.id);

    expect(outcome).toBe('loaded');
    const counts = {
      accounts: { added: 1, changed: 0 },
      transactions: { added: 2, changed: 0, removed: 0 },
      holdings: { changed: 1 },
    };
    expect(changes).toEqual(counts);
    expect(world.data.calls).toEqual([
      { since: null, cursor: null },
      { since: null, cursor: 'page-2' },
    ]);
    expect(await world.transactionsOf(connection.id)).toEqual([
      '2026-11-17 booked -12.50 COFFEE BAR',
      '2026-11-18 booked -18.00 LUNCH',
    ]);
    expect(world.outbox.events).toEqual([
      {
        type: 'connection.data_updated',
        userId: connection.userId,
        connectionId: connection.id,
        data: { connectionId: connection.id, asOf: '2026-11-20T09:00:00.000Z', ...counts },
      },
    ]);
    expect(world.store.cache.invalidated.slice(-2)).toEqual([connectionTag(connection.id), userTag(connection.userId)]);
    expect(await world.reading(connection.id)).toMatchObject({
      loaded_as_of: connection.dataAsOf,
      loaded_at: NOON,
      booked_until: '2026-11-18',
      cursor_sealed: null,
      claimed_until: null,
      next_attempt_at: null,
    });
  });

  it('stores no id, IBAN or number in clear', async () => {
    const connection = await connected();
    const account = providerAccount({ id: 'acc-1', iban: 'SE4550000000058398257466', number: '5839-8257466' });
    world.data.plan(dataPage({ accounts: [account], transactions: [coffee] }));
    await load(connection);

    const [row] = await world.sql<{ text: string }>(
      `SELECT (SELECT json_agg(a)::text FROM accounts a WHERE connection_id = $1)
        || (SELECT json_agg(t)::text FROM transactions t WHERE connection_id = $1) AS text`,
      [connection.id],
    );
    for (const secret of ['acc-1', 'SE45500000', '8257466', 't-1']) expect(row?.text).not.toContain(secret);
  });

  it('asks nothing when the connection has nothing new, unless it is forced', async () => {
    const connection = await connected();
    world.data.plan(dataPage({ transactions: [coffee] }));

    expect(await load(connection)).toBe('loaded');
    expect(await load(connection)).toBe('unchanged');
    expect((await world.load.run(connection.id, { force: true })).outcome).toBe('loaded');

    expect(world.data.calls).toHaveLength(2);
    expect(world.outbox.events).toHaveLength(1);
  });

  it('reads again from ten days before the newest booked day, however long it was away', async () => {
    const connection = await connected();
    world.data.plan(dataPage({ transactions: [coffee] }));
    await load(connection);
    await refreshed(connection);
    await load(connection);

    expect(world.data.calls.map(({ since }) => since)).toEqual([null, '2026-11-07']);
  });

  it('costs four statements when nothing is new, though the times of the data moved', async () => {
    const connection = await connected();
    const page = () => dataPage({ transactions: [coffee, lunch], holdings: [providerHolding('h-1')] });
    world.data.plan(page());
    await load(connection);
    await refreshed(connection);
    const later = providerAccount({ id: 'acc-1', iban: 'DE89370400440532013000', asOf: NOON });
    world.data.plan({ ...page(), accounts: [later], holdings: [providerHolding('h-1', { asOf: NOON })] });
    const statements = await world.statementsOf(async () => load(connection));

    expect(statements).toBe(4);
    expect(world.outbox.events).toHaveLength(1);
    const [row] = await world.sql(
      `SELECT a.as_of AS account, h.as_of AS holding FROM accounts a JOIN holdings h ON h.account_id = a.id
        WHERE a.connection_id = $1`,
      [connection.id],
    );
    expect(row).toEqual({ account: NOON, holding: NOON });
  });

  it('keeps ids when a renewal makes new ones for accounts and transactions', async () => {
    const connection = await connected();
    world.data.plan(dataPage({ transactions: [coffee, coffeeTwin('t-9')] }));
    await load(connection);
    const before = await ids(connection);
    await refreshed(connection);
    world.data.plan(
      dataPage({
        accounts: [providerAccount({ id: 'new-acc', iban: 'DE89 3704 0044 0532 0130 00' })],
        transactions: [
          { ...coffee, ...providerTransaction({ id: 'n-1', account: 'new-acc', day: '2026-11-17' }) },
          providerTransaction({ id: 'n-2', account: 'new-acc', day: '2026-11-17' }),
        ],
      }),
    );
    await load(connection);

    expect(await ids(connection)).toEqual(before);
    expect(world.outbox.events[1]?.data).toMatchObject({
      accounts: { added: 0, changed: 1 },
      transactions: { added: 0, changed: 2, removed: 0 },
    });
  });

  const coffeeTwin = (id: string | null) => providerTransaction({ id, day: '2026-11-17' });

  async function ids({ id }: Connection): Promise<string[]> {
    const rows = await world.sql<{ id: string }>(
      `SELECT id FROM accounts WHERE connection_id = $1 UNION ALL SELECT id FROM transactions WHERE connection_id = $1
        ORDER BY id`,
      [id],
    );
    return rows.map((row) => row.id);
  }

  it('keeps the id of a pending transaction that is booked, and removes one that is gone', async () => {
    const connection = await connected();
    const card = providerTransaction({ status: 'pending', text: 'COFFEE BAR RESERVED', day: '2026-11-16' });
    const hotel = providerTransaction({ status: 'pending', amount: '-200.00', text: 'HOTEL', day: '2026-11-16' });
    world.data.plan(dataPage({ transactions: [card, hotel] }));
    await load(connection);
    const [pending] = await world.sql<{ id: string }>(
      `SELECT id FROM transactions WHERE connection_id = $1 AND description LIKE 'COFFEE%'`,
      [connection.id],
    );
    await refreshed(connection);
    world.data.plan(dataPage({ transactions: [coffee] }));
    await load(connection);

    expect(await world.sql(`SELECT id, status FROM transactions WHERE connection_id = $1`, [connection.id])).toEqual([
      { id: pending?.id, status: 'booked' },
    ]);
  });

  it('tells equal transactions without ids apart, and repeats nothing', async () => {
    const connection = await connected();
    world.data.plan(dataPage({ transactions: [coffeeTwin(null), coffeeTwin(null)] }));
    await load(connection);
    await refreshed(connection);
    world.data.plan(dataPage({ transactions: [coffeeTwin(null), coffeeTwin(null), coffeeTwin(null)] }));
    await load(connection);
    await refreshed(connection);
    await load(connection);

    expect(await world.transactionsOf(connection.id)).toHaveLength(3);
    expect(world.outbox.events).toHaveLength(2);
  });

  it('changes nothing of a group that the vendor could not give', async () => {
    const connection = await connected();
    world.data.plan(dataPage({ transactions: [coffee], holdings: [providerHolding('h-1')] }));
    await load(connection);
    await refreshed(connection);
    world.data.plan(dataPage({ accounts: [], missing: ['accounts', 'transactions', 'holdings'] }));

    expect((await world.load.run(connection.id)).changes).toEqual({
      accounts: { added: 0, changed: 0 },
      transactions: { added: 0, changed: 0, removed: 0 },
      holdings: { changed: 0 },
    });
    const { age } = await world.read.accounts(connection.id, 10);
    expect(age.degradedGroups).toEqual(['accounts', 'holdings', 'transactions']);
    expect(await world.reading(connection.id)).toMatchObject({ booked_until: '2026-11-17' });
  });

  it('goes on with the cursor, at the provider’s time and not before', async () => {
    const connection = await connected();
    world.data.plan(notReady(at(60_000), 'request-7'), dataPage({ transactions: [coffee] }));

    expect(await load(connection)).toBe('not_ready');
    expect(await load(connection)).toBe('early');
    expect((await world.reading(connection.id))['cursor_sealed']).toMatch(/^v1\.test\./);
    world.store.clock.advance(60_000);
    expect(await load(connection)).toBe('loaded');

    expect(world.data.calls).toEqual([
      { since: null, cursor: null },
      { since: null, cursor: 'request-7' },
    ]);
    expect(await world.transactionsOf(connection.id)).toHaveLength(1);
  });

  it('does not lose pages, nor what is pending, when the provider stops in the middle', async () => {
    const connection = await connected();
    const pending = providerTransaction({ id: 'p-1', status: 'pending', text: 'HOTEL', amount: '-9.00' });
    const now = world.store.clock.now();
    world.data.plan(
      dataPage({ transactions: [coffeeTwin(null), pending], next: 'page-2' }),
      notReady(now, 'page-2-again'),
      dataPage({ accounts: [], transactions: [coffeeTwin(null), lunch] }),
    );

    expect(await load(connection)).toBe('not_ready');
    expect(await world.reading(connection.id)).toMatchObject({ booked_until: null, loaded_at: null });
    expect(await load(connection)).toBe('loaded');

    expect(await world.transactionsOf(connection.id)).toHaveLength(4);
    expect(await world.reading(connection.id)).toMatchObject({ booked_until: '2026-11-18', reading_has_parts: false });
  });

  it('keeps what is there when the provider fails, and tries again later and later', async () => {
    const connection = await connected();
    world.data.plan(dataPage({ transactions: [coffee] }));
    await load(connection);
    await refreshed(connection);
    world.data.plan(DOWN);
    const start = world.store.clock.now().getTime();

    const waits: number[] = [];
    for (let failure = 0; failure < 3; failure += 1) {
      expect(await load(connection)).toBe('failed');
      const { next_attempt_at: next, last_failure: code } = await world.reading(connection.id);
      waits.push((next as Date).getTime() - start);
      expect(code).toBe('provider.unavailable');
    }

    expect(waits).toEqual([30_000, 60_000, 120_000]);
    expect(await world.transactionsOf(connection.id)).toHaveLength(1);
    expect((await world.reading(connection.id))['loaded_at']).not.toBeNull();
  });

  it('is tried again by the sweep when due, once, whoever sweeps', async () => {
    const connection = await connected();
    world.data.plan({ ...DOWN, retryAt: new Date(world.store.clock.now().getTime() + 90_000) }, dataPage());
    await load(connection);
    world.store.clock.advance(89_000);
    expect(await load(connection)).toBe('early');
    world.queue.waiting.length = 0;
    world.store.clock.advance(1_000);

    await Promise.all([world.retries.run(), world.retries.run()]);

    const mine = world.queue.waiting.filter(({ key }) => key === connection.id);
    expect(mine).toEqual([expect.objectContaining({ name: 'data.fake', data: { connectionId: connection.id } })]);
    expect(await load(connection)).toBe('loaded');
  });

  it('reads a connection once at a time, also over processes', async () => {
    const connection = await connected();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    world.data.plan(async () => {
      await held;
      return dataPage({ transactions: [coffee] });
    });

    const first = load(connection);
    while (world.data.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await load(connection)).toBe('busy');
    release();
    expect(await first).toBe('loaded');
  });

  it('is not stuck by a process that died, whose late answer counts for nothing', async () => {
    const connection = await connected();
    world.data.plan(async () => {
      // The process sleeps past its claim; another one reads meanwhile.
      world.store.clock.advance(120_000);
      world.data.plan(dataPage({ transactions: [lunch] }));
      expect(await load(connection)).toBe('loaded');
      return dataPage({ transactions: [coffee] });
    });

    expect(await load(connection)).toBe('lost');
    expect(await world.transactionsOf(connection.id)).toEqual(['2026-11-18 booked -18.00 LUNCH']);
    expect(world.outbox.events).toHaveLength(1);
  });

  it('makes a reading due whose process died', async () => {
    const connection = await connected();
    world.data.plan(() => {
      throw new Error('killed');
    });
    const { id, provider } = connection;
    const now = world.store.clock.now();
    const until = new Date(now.getTime() + 1000);
    await world.readings.claim({ connectionId: id, provider, force: false, now, until });
    world.queue.waiting.length = 0;
    world.store.clock.advance(1000);

    await world.retries.run();

    expect(world.queue.waiting.map(({ key }) => key)).toContain(connection.id);
  });

  it('writes all of it or nothing', async () => {
    const connection = await connected();
    world.data.plan(dataPage({ transactions: [coffee, lunch], holdings: [providerHolding('h-1')] }));
    world.outbox.trouble = new Error('the process dies here');

    await expect(world.load.run(connection.id)).rejects.toThrow('dies here');

    const counts = await world.sql(
      `SELECT (SELECT count(*)::int FROM accounts WHERE connection_id = $1) AS accounts,
        (SELECT count(*)::int FROM transactions WHERE connection_id = $1) AS transactions`,
      [connection.id],
    );
    expect(counts).toEqual([{ accounts: 0, transactions: 0 }]);
    world.store.clock.advance(30_000);
    expect(await load(connection)).toBe('loaded');
    expect(await world.transactionsOf(connection.id)).toHaveLength(2);
  });

  const deleted = async ({ id }: Connection): Promise<void> => {
    await world.source.transaction(async (manager) => {
      await manager.query(
        `UPDATE connections SET state = 'deleted', deleted_at = now(), credential_sealed = NULL, fingerprint = NULL
          WHERE id = $1`,
        [id],
      );
      await world.purge.run(id, manager);
    });
  };

  it('writes nothing for a connection that is deleted while it reads', async () => {
    const connection = await connected();
    world.data.plan(async () => {
      await deleted(connection);
      return dataPage({ transactions: [coffee] });
    });

    expect(await load(connection)).toBe('lost');
    expect(await world.transactionsOf(connection.id)).toEqual([]);
    expect(await world.load.run(connection.id)).toEqual({ outcome: 'skipped', changes: null });
  });

  it('reads everything once more when an account appears that it did not know', async () => {
    const connection = await connected();
    world.data.plan(dataPage({ transactions: [coffee] }));
    await load(connection);
    await refreshed(connection);
    const accounts = [...dataPage().accounts, providerAccount({ id: 'acc-2', iban: 'DE02120300000000202051' })];
    world.data.plan(dataPage({ accounts, transactions: [coffee] }));

    await load(connection);
    await load(connection);
    expect(await load(connection)).toBe('unchanged');

    expect(world.data.calls.map(({ since }) => since)).toEqual([null, '2026-11-07', null]);
  });

  it('leaves out rows that break the contract and keeps the others', async () => {
    const connection = await connected();
    const nonsense = [
      providerTransaction({ id: 'x-1', amount: '12,50' }),
      providerTransaction({ id: 'x-2', day: '2026-02-30' }),
      providerTransaction({ id: 'x-3', account: 'nobody-listed-it' }),
      providerTransaction({ id: 'x-4', text: 'NUL \u0000 and half \ud83d' }),
    ];
    world.data.plan(dataPage({ transactions: [coffee, ...nonsense] }));

    expect(await load(connection)).toBe('loaded');
    await refreshed(connection);
    expect((await world.load.run(connection.id)).changes?.transactions).toEqual({ added: 0, changed: 0, removed: 0 });

    expect(await world.transactionsOf(connection.id)).toHaveLength(2);
  });

  it('loads five thousand transactions at once, in little time', async () => {
    const connection = await connected();
    const many = Array.from({ length: 5000 }, (_none, index) =>
      providerTransaction({ id: `m-${index}`, amount: `-${index}.10`, text: `SHOP ${index}` }),
    );
    world.data.plan(dataPage({ transactions: many }));

    const began = performance.now();
    expect(await load(connection)).toBe('loaded');
    const ms = performance.now() - began;
    if (process.env['SHOW_TIMES']) process.stdout.write(`first load of 5,000: ${ms.toFixed(0)} ms\n`);

    const [row] = await world.sql(`SELECT count(*)::int AS count FROM transactions WHERE connection_id = $1`, [
      connection.id,
    ]);
    expect(row).toEqual({ count: 5000 });
  });

  it('forgets everything of a deleted connection and nothing of others', async () => {
    const [gone, stays] = [await connected(), await connected()];
    world.data.plan(dataPage({ transactions: [coffee, lunch], holdings: [providerHolding('h-1')] }));
    await load(gone);
    await load(stays);

    await world.source.transaction(async (manager) => world.purge.run(gone.id, manager));

    for (const table of ['accounts', 'transactions', 'holdings', 'data_readings']) {
      const rows = await world.sql(`SELECT connection_id FROM ${table} WHERE connection_id = ANY($1::uuid[])`, [
        [gone.id, stays.id],
      ]);
      expect([table, rows.length > 0, rows.some((row) => Object.values(row).includes(gone.id))]).toEqual([
        table,
        true,
        false,
      ]);
    }
  });
});
