import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';

import type { Connection } from '../../src/connections/domain/connection.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import { providerId } from '../../src/credentials/provider-id.js';
import { dataPage, notReady, providerAccount, providerTransaction } from '../fakes/account-data.fake.js';
import { AccountDataWorld } from './account-data-world.js';

const DOWN: ProviderFailure = { code: 'provider.unavailable', message: 'Away.', mayHaveHappened: false };
const coffee = providerTransaction({ id: 't-1', day: '2026-11-17' });
const old = providerTransaction({ id: 't-old', day: '2026-02-03', text: 'OLD CARD' });
const lunch = providerTransaction({ id: 'l-1', account: 'acc-2', day: '2026-11-18', text: 'LUNCH' });
const oldLunch = providerTransaction({ id: 'l-old', account: 'acc-2', day: '2026-10-01', text: 'OLD LUNCH' });
const both = [...dataPage().accounts, providerAccount({ id: 'acc-2', iban: 'DE02120300000000202051' })];

describe('the history of accounts', () => {
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
  });

  const connected = async () => world.store.add({ provider: providerId('fake') });

  const refreshed = async ({ id }: Connection) =>
    world.sql(`UPDATE connections SET data_as_of = data_as_of + interval '1 hour' WHERE id = $1`, [id]);

  const load = async ({ id }: Connection) => (await world.load.run(id)).outcome;

  const degraded = async ({ id }: Connection) => (await world.read.accounts(id, 10)).age.degradedGroups;

  const lastSince = () => world.data.calls.at(-1)?.since;

  /** A reading of everything that brings nothing new tells nobody. */
  const expectQuiet = async (connection: Connection) => {
    const told = world.outbox.events.length;
    await world.sql('UPDATE data_readings SET booked_until = NULL WHERE connection_id = $1', [connection.id]);
    expect((await world.load.run(connection.id, { force: true })).outcome).toBe('loaded');
    expect(lastSince()).toBeNull();
    expect(world.outbox.events).toHaveLength(told);
  };

  describe('of which a reading in parts lacks a group', () => {
    const inParts = () => [
      dataPage({ missing: ['transactions'], next: 'accounts' }),
      notReady(world.store.clock.now(), 'accounts'),
    ];
    const lastPart = dataPage({ accounts: [], transactions: [coffee] });

    it('is read once the group is there, though the last part lacked nothing', async () => {
      const connection = await connected();
      world.data.plan(...inParts(), lastPart);

      expect(await load(connection)).toBe('not_ready');
      expect(await load(connection)).toBe('loaded');

      expect(await world.reading(connection.id)).toMatchObject({
        ...{ booked_until: null, missing: ['transactions'], reading_missing: [] },
      });
      expect(await degraded(connection)).toEqual(['transactions']);
      await refreshed(connection);
      world.data.plan(dataPage({ transactions: [coffee, old] }));
      expect(await load(connection)).toBe('loaded');
      expect(lastSince()).toBeNull();
      expect(await world.transactionsOf(connection.id)).toEqual([
        '2026-02-03 booked -12.50 OLD CARD',
        '2026-11-17 booked -12.50 COFFEE BAR',
      ]);
      expect(await degraded(connection)).toEqual([]);
      expect(await world.reading(connection.id)).toMatchObject({ booked_until: '2026-11-17' });
      await expectQuiet(connection);
    });

    it('is not held against a reading that began anew', async () => {
      const connection = await connected();
      world.data.plan(...inParts(), DOWN, dataPage({ transactions: [coffee, old] }));

      expect([await load(connection), await load(connection), await load(connection)]).toEqual([
        'not_ready',
        'failed',
        'loaded',
      ]);

      expect(await degraded(connection)).toEqual([]);
      expect(await world.reading(connection.id)).toMatchObject({ booked_until: '2026-11-17', reading_missing: [] });
    });
  });

  describe('of an account that is new in a reading in parts', () => {
    const begun = async () => {
      const connection = await connected();
      world.data.plan(dataPage({ transactions: [coffee] }));
      await load(connection);
      await refreshed(connection);
      return connection;
    };
    const firstPart = () => [dataPage({ accounts: both, next: 'page-2' }), notReady(world.store.clock.now(), 'page-2')];
    const all = dataPage({ accounts: both, transactions: [coffee, lunch, oldLunch] });

    it('is read by a full reading that follows the last part', async () => {
      const connection = await begun();
      world.data.plan(...firstPart(), dataPage({ accounts: [], transactions: [coffee, lunch] }), all);

      expect([await load(connection), await load(connection)]).toEqual(['not_ready', 'loaded']);
      expect(lastSince()).toBe('2026-11-07');
      const told = world.outbox.events.length;
      expect(await load(connection)).toBe('loaded');

      expect(lastSince()).toBeNull();
      expect(await world.transactionsOf(connection.id)).toContain('2026-10-01 booked -12.50 OLD LUNCH');
      expect(world.outbox.events.slice(told).map(({ data }) => data)).toMatchObject([
        { accounts: { added: 0, changed: 0 }, transactions: { added: 1, changed: 0, removed: 0 } },
      ]);
      expect(await load(connection)).toBe('unchanged');
      await expectQuiet(connection);
    });

    it('is read also when the reading fails after the part that had the account', async () => {
      const connection = await begun();
      world.data.plan(...firstPart(), DOWN, all);

      expect([await load(connection), await load(connection), await load(connection)]).toEqual([
        'not_ready',
        'failed',
        'loaded',
      ]);

      expect(lastSince()).toBeNull();
      expect(await world.transactionsOf(connection.id)).toContain('2026-10-01 booked -12.50 OLD LUNCH');
      expect(await load(connection)).toBe('unchanged');
      expect(await world.reading(connection.id)).toMatchObject({ booked_until: '2026-11-18' });
    });
  });

  describe('of an account that comes back', () => {
    const between = providerTransaction({ id: 'l-2', account: 'acc-2', day: '2026-11-02', text: 'WHILE AWAY' });

    it('has no gap: it is read in full once more, and then as ever', async () => {
      const connection = await connected();
      world.data.plan(
        dataPage({ accounts: both, transactions: [coffee, oldLunch] }),
        dataPage({ transactions: [coffee] }),
        dataPage({ accounts: both, transactions: [coffee, lunch] }),
        dataPage({ accounts: both, transactions: [coffee, lunch, between, oldLunch] }),
      );
      await load(connection);
      await refreshed(connection);
      await load(connection);
      const closed = 'SELECT 1 FROM accounts WHERE connection_id = $1 AND closed_at IS NOT NULL';
      expect(await world.sql(closed, [connection.id])).toHaveLength(1);
      await refreshed(connection);

      await load(connection);
      expect(await world.sql(closed, [connection.id])).toEqual([]);
      await load(connection);
      expect(await load(connection)).toBe('unchanged');
      await refreshed(connection);
      await load(connection);

      const window = '2026-11-08';
      expect(world.data.calls.map(({ since }) => since)).toEqual([null, '2026-11-07', '2026-11-07', null, window]);
      expect(await world.transactionsOf(connection.id)).toEqual([
        '2026-10-01 booked -12.50 OLD LUNCH',
        '2026-11-02 booked -12.50 WHILE AWAY',
        '2026-11-17 booked -12.50 COFFEE BAR',
        '2026-11-18 booked -12.50 LUNCH',
      ]);
      expect(world.outbox.events.map(({ data }) => data)).toMatchObject([
        { accounts: { added: 2, changed: 0 }, transactions: { added: 2 } },
        { accounts: { added: 0, changed: 1 }, transactions: { added: 0 } },
        { accounts: { added: 0, changed: 1 }, transactions: { added: 1 } },
        { accounts: { added: 0, changed: 0 }, transactions: { added: 1, changed: 0, removed: 0 } },
      ]);
      await expectQuiet(connection);
    });
  });

  describe('where rows cannot be read', () => {
    const hotel = providerTransaction({ id: 'p-1', status: 'pending', day: '2026-11-16', text: 'HOTEL' });
    const taxi = providerTransaction({
      id: 'p-2',
      status: 'pending',
      day: '2026-11-16',
      amount: '-9.00',
      text: 'TAXI',
    });
    const paid = providerTransaction({ id: 't-2', day: '2026-11-19', text: 'HOTEL' });
    const hotels = async ({ id }: Connection) =>
      world.sql<{ id: string; status: string }>(
        `SELECT id, status FROM transactions WHERE connection_id = $1 AND description = 'HOTEL'`,
        [id],
      );

    it('a transaction is counted and the others go on: the window moves, what is pending is booked or goes', async () => {
      const warned = jest.spyOn(Logger.prototype, 'warn');
      const connection = await connected();
      world.data.plan(
        dataPage({ transactions: [coffee, hotel, taxi], unreadable: 1 }),
        dataPage({ transactions: [coffee, paid], unreadable: 1 }),
      );

      await load(connection);
      expect(await world.reading(connection.id)).toMatchObject({ booked_until: '2026-11-17', missing: [] });
      const facts = { connectionId: connection.id, provider: 'fake', unsound: 1, orphans: 0 };
      expect(warned.mock.calls).toEqual([[facts, expect.any(String)]]);
      warned.mockRestore();
      const [pending] = await hotels(connection);
      await refreshed(connection);
      await load(connection);

      expect(await hotels(connection)).toEqual([{ id: pending?.id, status: 'booked' }]);
      expect(await world.transactionsOf(connection.id)).toHaveLength(2);
      expect(await world.reading(connection.id)).toMatchObject({ booked_until: '2026-11-19', pending_from: null });
      await refreshed(connection);
      await load(connection);
      expect(lastSince()).toBe('2026-11-09');
      expect(world.outbox.events).toHaveLength(2);
      await expectQuiet(connection);
    });

    it('transactions of which none can be read were not given: nothing that is pending goes for it', async () => {
      const connection = await connected();
      world.data.plan(dataPage({ transactions: [coffee, hotel] }), dataPage({ unreadable: 2 }));
      await load(connection);
      await refreshed(connection);
      await load(connection);

      expect(await degraded(connection)).toEqual(['transactions']);
      expect(await world.transactionsOf(connection.id)).toHaveLength(2);
      expect(await world.reading(connection.id)).toMatchObject({
        ...{ booked_until: '2026-11-17', pending_from: '2026-11-16' },
      });
      expect(world.outbox.events).toHaveLength(1);
    });

    it('an account stays as it is, with what is pending in it, and has no gap when it can be read again', async () => {
      const connection = await connected();
      const waiting = providerTransaction({ id: 'p-3', account: 'acc-2', status: 'pending', day: '2026-10-20' });
      const between = providerTransaction({ id: 'l-3', account: 'acc-2', day: '2026-10-05', text: 'UNREAD' });
      world.data.plan(
        dataPage({ accounts: both, transactions: [coffee, hotel, waiting] }),
        dataPage({ missing: ['accounts'], transactions: [coffee, paid] }),
        dataPage({ accounts: both, transactions: [paid, lunch, waiting] }),
        dataPage({ accounts: both, transactions: [coffee, paid, lunch, waiting, between] }),
      );
      await load(connection);
      await refreshed(connection);
      world.store.clock.advance(3_600_000);
      await load(connection);

      expect(await degraded(connection)).toEqual(['accounts']);
      expect(await world.reading(connection.id)).toMatchObject({
        ...{ booked_until: '2026-11-19', pending_from: '2026-10-20' },
      });
      expect(await world.transactionsOf(connection.id)).toEqual([
        '2026-10-20 pending -12.50 COFFEE BAR',
        '2026-11-17 booked -12.50 COFFEE BAR',
        '2026-11-19 booked -12.50 HOTEL',
      ]);
      expect(world.outbox.events[1]?.data).toMatchObject({ accounts: { added: 0, changed: 0 } });
      await refreshed(connection);
      world.store.clock.advance(3_600_000);
      await load(connection);
      await load(connection);

      expect(world.data.calls.map(({ since }) => since)).toEqual([null, '2026-10-20', '2026-10-20', null]);
      expect(await world.transactionsOf(connection.id)).toContain('2026-10-05 booked -12.50 UNREAD');
      expect(await degraded(connection)).toEqual([]);
      expect(await load(connection)).toBe('unchanged');
      await expectQuiet(connection);
    });
  });
});
