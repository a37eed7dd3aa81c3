import { ok } from '../../src/credentials/result.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { ConnectionStore, TESTER } from './connection-store.js';
import { failure, gate, RacesWorld, snapshot, untimed } from './races-world.js';

const NOBODY = { userPresent: false };
const LEASE_MS = 40_000;
const DELETED = ok({ alreadyGone: false });

describe('a deletion that meets other work', () => {
  let world: RacesWorld;
  let store: ConnectionStore;

  beforeAll(async () => {
    world = await RacesWorld.open();
    store = world.store;
  });

  beforeEach(async () => {
    for (const { script } of [world.fake, world.other]) script.reset();
    await store.query('DELETE FROM former_credentials');
    await store.query('UPDATE connections SET fingerprint = NULL');
  });

  afterAll(async () => {
    await store.close();
  });

  const add = async (...[changes]: Parameters<ConnectionStore['add']>) =>
    store.add({ providerStatusAt: null, ...changes });
  const formers = async () => store.query('SELECT connection_id AS id, reason FROM former_credentials');
  const answerOf = async (id: string) =>
    store.query('SELECT upstream_answer AS answer FROM deletion_receipts WHERE subject_id = $1', [id]);

  it('waits for a command, and deletes the credential that it brought', async () => {
    const { id } = await add();
    const slow = gate();
    const late = new Opened('late');
    world.fake.script
      .plan('credentials.refresh', async () =>
        slow
          .pass()
          .then(() => ok(untimed('authenticating', { credentialId: late, sessionRef: new Opened('session') }))),
      )
      .plan('credentials.delete', DELETED)
      .plan('credentials.delete', DELETED);

    const refreshing = world.refreshing.run(id, NOBODY, TESTER);
    await slow.arrived;
    expect((await world.deletion.run(id, TESTER)).done).toBe(false);
    expect(world.fake.script.callsTo('credentials.delete')).toEqual([]);
    slow.open();
    await expect(refreshing).rejects.toMatchObject({ code: 'connection.deleting' });
    const waiting = await world.stored(id);
    expect([waiting.state, waiting.credentialId?.reveal('test')]).toEqual(['deleting', 'late']);
    expect(waiting.nextWatchAt?.getTime()).toBeLessThanOrEqual(store.clock.now().getTime() + 2_000);

    // The one of before is deleted too.
    expect(await formers()).toEqual([{ id, reason: 'replaced' }]);
    expect(await world.deletion.finish(waiting, TESTER)).toBe(true);
    expect(world.fake.script.callsTo('credentials.delete')).toHaveLength(2);
    expect(await formers()).toEqual([]);
    expect(await answerOf(id)).toEqual([{ answer: 'deleted' }]);
  });

  it('is not over when a reading brought another credential meanwhile', async () => {
    const { id } = await add({ state: 'authenticating' });
    const slow = gate();
    const late = untimed('syncing', { credentialId: new Opened('real') });
    world.fake.script
      .plan('credentials.delete', async () => slow.pass().then(() => ok({ alreadyGone: true })))
      .plan('credentials.delete', DELETED);

    const deleting = world.deletion.run(id, TESTER);
    await slow.arrived;
    await store.lifecycle.apply(id, late, TESTER);
    slow.open();
    expect((await deleting).done).toBe(false);

    world.fake.script.plan('credentials.delete', DELETED);
    store.clock.advance(60_000);
    expect(await world.deletion.finish(await world.stored(id), TESTER)).toBe(true);
    expect(await formers()).toEqual([]);
    expect(await answerOf(id)).toEqual([{ answer: 'deleted' }]);
  });

  it('leaves what a reading brings after its end to be deleted', async () => {
    const connection = await add({ state: 'authenticating' });
    const slow = gate();
    world.fake.script
      .plan('credentials.get', async () =>
        slow.pass().then(() => snapshot(untimed('syncing', { credentialId: new Opened('too late') }))),
      )
      .plan('credentials.delete', DELETED);

    const reading = world.observe.run(connection, TESTER);
    await slow.arrived;
    expect((await world.deletion.run(connection.id, TESTER)).done).toBe(true);
    slow.open();
    await reading;

    expect(await formers()).toEqual([{ id: connection.id, reason: 'refused' }]);
  });

  it('does not forget whose deletion came while the creation was under way', async () => {
    const userId = await store.addUser();
    const record = await add({ userId });
    await store.query('UPDATE users SET deleted_at = now() WHERE id = $1', [userId]);

    const late = { ...record, id: '0199aaaa-0000-7000-8000-0000000000aa', credentialId: new Opened('made late') };
    await expect(store.lifecycle.begin(late, TESTER, async () => undefined)).rejects.toMatchObject({
      code: 'user.not_found',
    });

    expect(await formers()).toEqual([{ id: null, reason: 'refused' }]);
  });

  describe('after a process that died', () => {
    const died = async () => {
      const { id } = await add();
      await store.work.claimWork(id, 'dead', store.clock.now(), LEASE_MS);
      store.clock.advance(LEASE_MS);
      return id;
    };

    it('no command is sent while what it did cannot be read, however often it is tried', async () => {
      const id = await died();
      const away = failure('provider.unavailable', false);
      world.fake.script.plan('credentials.get', away).plan('credentials.get', away);

      for (let attempt = 0; attempt < 2; attempt += 1) {
        await expect(world.refreshing.run(id, NOBODY, TESTER)).rejects.toMatchObject({ code: 'provider.unavailable' });
        store.clock.advance(5_000);
      }
      expect(world.fake.script.callsTo('credentials.refresh')).toEqual([]);

      world.fake.script
        .plan('credentials.get', snapshot(untimed('active')))
        .plan('credentials.refresh', ok(untimed('authenticating')));
      expect((await world.refreshing.run(id, NOBODY, TESTER)).state).toBe('authenticating');
    });

    it('or a fault of ours, the provider is read before anything is repeated', async () => {
      const { id } = await add();
      world.fake.script
        .plan('credentials.refresh', async () => Promise.reject(new TypeError('Not a function.')))
        .plan('credentials.get', snapshot(untimed('syncing')));
      await expect(world.refreshing.run(id, NOBODY, TESTER)).rejects.toThrow(TypeError);
      store.clock.advance(5_000);

      expect((await world.refreshing.run(id, NOBODY, TESTER)).state).toBe('syncing');
      expect(world.fake.script.callsTo('credentials.refresh')).toHaveLength(1);
    });

    it('no command is sent while somebody else is reading', async () => {
      const id = await died();
      await store.work.claimReading(id, store.clock.now(), 1_000);

      await expect(world.refreshing.run(id, NOBODY, TESTER)).rejects.toMatchObject({ code: 'connection.busy' });
      expect(world.fake.script.callsTo('credentials.refresh')).toEqual([]);
    });

    it('is done when its claim is over', async () => {
      const { id } = await add();
      await store.work.claimWork(id, 'dead', store.clock.now(), LEASE_MS);
      expect((await world.deletion.run(id, TESTER)).done).toBe(false);

      store.clock.advance(LEASE_MS);
      world.fake.script.plan('credentials.delete', DELETED);
      expect(await world.deletion.finish(await world.stored(id), TESTER)).toBe(true);
    });
  });
});
