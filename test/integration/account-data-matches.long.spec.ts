import { randomUUID } from 'node:crypto';

import { DataJobs } from '../../src/account-data/data-jobs.js';
import type { Connection } from '../../src/connections/domain/connection.js';
import { providerId } from '../../src/credentials/provider-id.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import {
  dataPage,
  notReady,
  providerAccount,
  providerHolding,
  providerTransaction,
} from '../fakes/account-data.fake.js';
import { AccountDataWorld } from './account-data-world.js';

const masked = (id: string, name = 'Everyday') => providerAccount({ id, name, number: '****1234' });

describe('accounts that may be the same', () => {
  let world: AccountDataWorld;

  beforeAll(async () => {
    world = await AccountDataWorld.open();
  });

  afterAll(async () => {
    await world.close();
  });

  /** Two alike accounts; after a renewal one comes back under a new id. */
  async function renewed(): Promise<{ connection: Connection; question: string; fresh: string; candidates: string[] }> {
    const connection = await world.store.add({ provider: providerId('fake') });
    const rows = [
      providerTransaction({ id: 't-1', account: 'one', day: '2026-11-17' }),
      providerTransaction({ account: 'one', day: '2026-11-17', text: 'RENT', amount: '-700' }),
      providerTransaction({ id: 't-3', account: 'one', day: '2026-01-02', text: 'OLD' }),
    ];
    world.data.plan(dataPage({ accounts: [masked('one'), masked('two')], transactions: rows }));
    await world.load.run(connection.id);
    const again = [
      providerTransaction({ id: 'n-1', account: 'new', day: '2026-11-17' }),
      providerTransaction({ account: 'new', day: '2026-11-17', text: 'RENT', amount: '-700' }),
      providerTransaction({ id: 'n-2', account: 'new', day: '2026-11-19', text: 'LUNCH' }),
    ];
    const holdings = [providerHolding('h-1', { accountVendorId: new Opened('new') })];
    world.data.plan(dataPage({ accounts: [masked('new')], transactions: again, holdings }));
    await world.load.run(connection.id, { force: true });
    const open = (await world.matches.open(200)).data.filter(({ connectionId }) => connectionId === connection.id);
    expect(open).toHaveLength(1);
    const { id: question, accountId: fresh, candidates } = open[0]!;
    return { connection, question, fresh, candidates };
  }

  const accountsOf = async ({ id }: Connection) => (await world.read.accounts(id, 50)).data;

  it('stay apart until a person says so, and the question is asked once', async () => {
    const { connection, fresh, candidates } = await renewed();
    await world.load.run(connection.id, { force: true });

    const accounts = await accountsOf(connection);
    expect(accounts.map(({ id, closedAt }) => [id, closedAt !== null])).toEqual(
      expect.arrayContaining([...candidates.map((id) => [id, true]), [fresh, false]]),
    );
    expect((await world.matches.open(200)).data.filter(({ accountId }) => accountId === fresh)).toHaveLength(1);
  });

  it('become one: the old id stays, nothing is double, and the next reading fits', async () => {
    const { connection, question, fresh, candidates } = await renewed();
    const [kept = ''] = candidates;
    const before = await rowsOf(connection);
    world.outbox.events.length = 0;

    await world.resolve.run(question, kept, 'client:tester');

    const accounts = await accountsOf(connection);
    expect(accounts.map(({ id }) => id).sort()).toEqual([...candidates].sort());
    expect(accounts.find(({ id }) => id === kept)?.closedAt).toBeNull();
    const rows = await rowsOf(connection);
    expect(rows.map(({ description }) => description)).toEqual(['OLD', 'COFFEE BAR', 'RENT', 'LUNCH']);
    expect(new Set(rows.map(({ account }) => account))).toEqual(new Set([kept]));
    const oldIds = before.filter(({ account }) => account === kept).map(({ id }) => id);
    expect(rows.slice(0, 3).map(({ id }) => id)).toEqual(oldIds);
    expect(before.map(({ id }) => id)).toContain(rows[3]?.id);
    expect(world.outbox.events.map(({ type }) => type)).toEqual(['connection.data_updated']);
    expect(world.audit.actions).toContain('account_match.resolved');

    // The first reading after it is a full one, and brings nothing that is not here.
    world.data.calls.length = 0;
    expect(await world.load.run(connection.id)).toMatchObject({
      outcome: 'loaded',
      changes: { accounts: { added: 0, changed: 0 }, transactions: { added: 0, changed: 0, removed: 0 } },
    });
    expect(world.data.calls).toEqual([{ since: null, cursor: null }]);
    expect((await accountsOf(connection)).map(({ id }) => id)).not.toContain(fresh);
  });

  async function rowsOf({ id }: Connection) {
    return world.sql<{ id: string; account: string; description: string }>(
      `SELECT id, account_id AS account, description FROM transactions WHERE connection_id = $1
        ORDER BY day, description, id`,
      [id],
    );
  }

  it('stay apart for good when a person says so', async () => {
    const { connection, question } = await renewed();
    await world.resolve.run(question, null, 'client:tester');

    await expect(world.resolve.run(question, null, 'client:tester')).rejects.toThrow('no open question');
    await world.load.run(connection.id, { force: true });
    expect(await accountsOf(connection)).toHaveLength(3);
    expect((await world.matches.open(200)).data.filter(({ connectionId }) => connectionId === connection.id)).toEqual(
      [],
    );
  });

  it('are merged once, though two persons answer at once', async () => {
    const { connection, question, candidates } = await renewed();
    const [one = '', two = ''] = candidates;

    const ends = await Promise.allSettled([
      world.resolve.run(question, one, 'client:a'),
      world.resolve.run(question, two, 'client:b'),
    ]);

    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await accountsOf(connection)).toHaveLength(2);
  });

  it('are not merged with any other account', async () => {
    const { connection, question } = await renewed();
    await expect(world.resolve.run(question, randomUUID(), 'client:tester')).rejects.toThrow('request.invalid');
    expect(await accountsOf(connection)).toHaveLength(3);
  });

  it('take the right to write from a load that had compared with what was there', async () => {
    const { connection, question, candidates } = await renewed();
    world.data.plan(async () => {
      await world.resolve.run(question, candidates[0] ?? null, 'client:tester');
      return dataPage({ accounts: [masked('new')] });
    });
    expect((await world.load.run(connection.id, { force: true })).outcome).toBe('lost');
  });
});

describe('statements', () => {
  let world: AccountDataWorld;

  beforeAll(async () => {
    world = await AccountDataWorld.open();
    world.statementsFake.statements = [
      { vendorId: new Opened('s-1'), accountVendorId: new Opened('acc-1'), name: '2026-09', day: '2026-09-30' },
      { vendorId: new Opened('s-2'), accountVendorId: new Opened('gone'), name: '2026-10', day: '2026-10-31' },
    ];
  });

  afterAll(async () => {
    await world.close();
  });

  it('keep their ids from list to list, and belong to our accounts', async () => {
    const { id } = await world.store.add({ provider: providerId('fake') });
    world.data.plan(dataPage());
    await world.load.run(id);
    const [account] = (await world.read.accounts(id, 1)).data;

    const first = await world.statements.list(id);
    expect(first.map(({ name, accountId, day }) => [name, accountId, day])).toEqual([
      ['2026-10', null, '2026-10-31'],
      ['2026-09', account?.id, '2026-09-30'],
    ]);
    expect(await world.statements.list(id)).toEqual(first);
    expect(await world.statements.document(id, first[0]?.id ?? '')).toEqual({
      name: '2026-10',
      pdf: world.statementsFake.pdf,
    });
    await expect(world.statements.document(id, randomUUID())).rejects.toThrow('unknown');
  });

  it('go on with the cursor when the provider is ready, and do not ask it before', async () => {
    const { id } = await world.store.add({ provider: providerId('fake') });
    const retryAt = new Date(world.store.clock.now().getTime() + 10_000);
    world.statementsFake.waits = [notReady(retryAt, 'request-9')];
    world.statementsFake.cursors.length = 0;

    await expect(world.statements.list(id)).rejects.toMatchObject({ code: 'data.not_ready', details: { retryAt } });
    await expect(world.statements.list(id)).rejects.toMatchObject({ code: 'data.not_ready', details: { retryAt } });
    world.store.clock.advance(10_000);
    expect(await world.statements.list(id)).toHaveLength(2);
    await world.statements.list(id);

    expect(world.statementsFake.cursors).toEqual([null, 'request-9', null]);
  });

  it('start anew when nobody came back for half an hour', async () => {
    const { id } = await world.store.add({ provider: providerId('fake') });
    world.statementsFake.waits = [notReady(world.store.clock.now(), 'request-9')];
    world.statementsFake.cursors.length = 0;
    await expect(world.statements.list(id)).rejects.toMatchObject({ code: 'data.not_ready' });
    world.store.clock.advance(31 * 60_000);
    await world.statements.list(id);

    expect(world.statementsFake.cursors).toEqual([null, null]);
  });
});

describe('the jobs of account data', () => {
  let world: AccountDataWorld;

  beforeAll(async () => {
    world = await AccountDataWorld.open();
  });

  afterAll(async () => {
    await world.close();
  });

  it('leaves a job to its next attempt while another process reads', async () => {
    const connection = await world.store.add({ provider: providerId('fake') });
    const { id, provider } = connection;
    const now = world.store.clock.now();
    const until = new Date(now.getTime() + 1000);
    await world.readings.claim({ connectionId: id, provider, force: false, now, until });
    expect(world.jobs).toBeInstanceOf(DataJobs);
    world.jobs.onModuleInit();
    await world.queue.send({ ...KIND }, { data: { connectionId: id }, key: id });

    expect(await world.workers.workOff()).toEqual({ done: 0, failed: 1 });
    world.store.clock.advance(1000);
    world.data.plan(dataPage());
    await world.queue.send({ ...KIND }, { data: { connectionId: id }, key: id });
    expect(await world.workers.workOff()).toEqual({ done: 1, failed: 0 });
  });
});

const KIND = {
  ...{ name: 'data.fake', expireInSeconds: 1, retryLimit: 1, retryDelaySeconds: 1, retryDelayMaxSeconds: 1 },
  onePerKey: true,
};
