import { dataJobOf } from '../../src/account-data/data-jobs.js';
import { HintedLoads } from '../../src/account-data/hinted-loads.js';
import { DataHints } from '../../src/connections/data-hints.js';
import type { Connection } from '../../src/connections/domain/connection.js';
import { providerId } from '../../src/credentials/provider-id.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { at } from '../factories/connection.factory.js';
import { dataPage, notReady } from '../fakes/account-data.fake.js';
import { AccountDataWorld } from './account-data-world.js';

describe('account data, while others write the same connection', () => {
  let world: AccountDataWorld;

  beforeAll(async () => {
    world = await AccountDataWorld.open();
  });

  afterAll(async () => {
    await world.close();
  });

  const connected = async () => world.store.add({ provider: providerId('fake') });
  const load = async ({ id }: Connection) => (await world.load.run(id)).outcome;

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

  const claimOf = async ({ id, provider }: Connection) => {
    const now = world.store.clock.now();
    const until = new Date(now.getTime() + 1000);
    return world.readings.claim({ connectionId: id, provider, force: false, now, until });
  };

  it('begins nothing for a connection that was deleted a moment ago, and leaves nothing behind', async () => {
    const connection = await connected();
    await deleted(connection);

    expect(await claimOf(connection)).toBe('busy');
    expect(await world.sql('SELECT 1 FROM data_readings WHERE connection_id = $1', [connection.id])).toEqual([]);
  });

  it('keeps no statements of a connection that is deleted while the provider lists them', async () => {
    const connection = await connected();
    const summary = { vendorId: new Opened('vendor-s-1'), accountVendorId: new Opened('acc-1'), day: '2026-10-31' };
    const fake = world.statementsFake;
    const list = fake.list.bind(fake);
    fake.statements = [{ ...summary, name: 'October' }];
    const waits = [[], [notReady(at(1))]];
    for (const wait of waits) {
      const mine = await connected();
      fake.waits = wait;
      fake.list = async (...args) => {
        await deleted(mine);
        return list(...args);
      };
      await world.statements.list(mine.id).catch(() => undefined);
    }
    fake.list = list;

    expect(await world.sql('SELECT 1 FROM statements')).toEqual([]);
    expect(await world.sql('SELECT 1 FROM statement_calls')).toEqual([]);
    await world.statements.list(connection.id);
    expect(await world.sql('SELECT 1 FROM statements')).toHaveLength(1);
  });

  it('waits for news that is being written, whose job may have found another one waiting', async () => {
    const connection = await connected();
    world.data.plan(dataPage());
    await load(connection);
    expect(await claimOf(connection)).toBe('unchanged');

    const claims: Promise<unknown>[] = [];
    await world.source.transaction(async (manager) => {
      const news = `UPDATE connections SET data_as_of = data_as_of + interval '1 hour' WHERE id = $1`;
      await manager.query(news, [connection.id]);
      claims.push(claimOf(connection));
    });

    expect(await Promise.all(claims)).toEqual([expect.objectContaining({ connectionId: connection.id })]);
  });

  it('reads after a hint, also when a job that need not read waits already', async () => {
    const { connections, registry, clock } = world.store;
    const connection = await connected();
    world.data.plan(dataPage());
    await load(connection);
    const hints = new DataHints(world.store.source);
    new HintedLoads(hints, connections, registry, world.queue, world.readings, clock).onModuleInit();
    world.queue.waiting.length = 0;
    await world.queue.send(dataJobOf('fake'), { data: { connectionId: connection.id }, key: connection.id });

    await hints.tell(null, connection.id);

    expect(world.queue.waiting.map(({ data }) => data)).toEqual([{ connectionId: connection.id }]);
    expect(await load(connection)).toBe('loaded');
    expect(await load(connection)).toBe('unchanged');
  });
});
