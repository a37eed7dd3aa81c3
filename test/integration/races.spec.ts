import { ok } from '../../src/credentials/result.js';
import { UnsealError } from '../../src/platform/crypto/sealer.js';
import { at } from '../factories/connection.factory.js';
import { ConnectionStore, TESTER } from './connection-store.js';
import { failure, gate, RacesWorld, snapshot, untimed } from './races-world.js';

const NOBODY = { userPresent: false };
const LEASE_MS = 40_000;

describe('a provider whose readings carry no time', () => {
  let world: RacesWorld;
  let store: ConnectionStore;

  beforeAll(async () => {
    world = await RacesWorld.open();
    store = world.store;
  });

  beforeEach(async () => {
    for (const { script } of [world.fake, world.other]) script.reset();
    await store.query('UPDATE connections SET next_watch_at = NULL, fingerprint = NULL');
  });

  afterAll(async () => {
    await store.close();
  });

  const add = async (...[changes]: Parameters<ConnectionStore['add']>) =>
    store.add({ providerStatusAt: null, ...changes });

  describe('a reading that began before a command and arrives after it', () => {
    it('does not undo a refresh', async () => {
      const connection = await add();
      const slow = gate();
      world.fake.script
        .plan('credentials.get', async () => slow.pass().then(() => snapshot(untimed('active'))))
        .plan('credentials.refresh', ok(untimed('authenticating')));

      const reading = world.observe.run(connection, TESTER);
      await slow.arrived;
      await world.refreshing.run(connection.id, NOBODY, TESTER);
      slow.open();

      expect((await reading).state).toBe('authenticating');
      expect((await world.stored(connection.id)).state).toBe('authenticating');
    });

    it('does not bring an answered question back', async () => {
      const challenge = untimed('awaiting_user').challenge ?? null;
      const connection = await add({ state: 'awaiting_user', cause: 'user_interaction', challenge });
      const slow = gate();
      world.fake.script
        .plan('credentials.get', async () => slow.pass().then(() => snapshot(untimed('awaiting_user'))))
        .plan('credentials.submitSupplementalInformation', ok(untimed('syncing')));

      const reading = world.observe.run(connection, TESTER);
      await slow.arrived;
      const [field] = challenge?.kind === 'submit_information' ? challenge.fields : [];
      await world.answering.submit(
        connection.id,
        [{ name: field?.name ?? '', value: '1234', pointer: '/fields/0' }],
        TESTER,
      );
      slow.open();
      await reading;

      expect(await world.stored(connection.id)).toMatchObject({ state: 'syncing', challenge: null });
    });

    it('does not stop the watch of what the command set in motion, whatever it brings', async () => {
      for (const late of [snapshot(untimed('active')), failure('provider.timeout', false)]) {
        const connection = await add();
        const slow = gate();
        world.fake.script
          .plan('credentials.get', async () => slow.pass().then(() => late))
          .plan('credentials.refresh', ok(untimed('authenticating')));

        const reading = world.observe.run(connection, TESTER);
        await slow.arrived;
        await world.refreshing.run(connection.id, NOBODY, TESTER);
        slow.open();
        await reading;

        const { nextWatchAt } = await world.stored(connection.id);
        expect(nextWatchAt?.getTime()).toBeLessThanOrEqual(at(10_000).getTime());
      }
    });

    it('of two readings the one that ends last does not undo the other', async () => {
      const connection = await add({ state: 'syncing' });
      const slow = gate();
      world.fake.script.plan(
        'credentials.get',
        async () => slow.pass().then(() => snapshot(untimed('syncing'))),
        snapshot(untimed('active')),
      );

      const first = world.observe.run(connection, TESTER);
      await slow.arrived;
      store.clock.advance(1000);
      await world.observe.run(connection, TESTER);
      slow.open();
      await first;

      expect((await world.stored(connection.id)).state).toBe('active');
    });
  });

  describe('a command', () => {
    it('is sent once when two want to start the same authentication', async () => {
      const { id } = await add({ state: 'reauth_required', cause: 'consent_expired' });
      const slow = gate();
      world.fake.script.always('credentials.authenticate', async () =>
        slow.pass().then(() => ok(untimed('authenticating'))),
      );

      const first = world.authentication.run(id, {}, TESTER);
      await slow.arrived;
      const second = await world.authentication.run(id, {}, TESTER);
      slow.open();

      expect([(await first).state, second.state]).toEqual(['authenticating', 'reauth_required']);
      expect(world.fake.script.callsTo('credentials.authenticate')).toHaveLength(1);
    });

    it('is sent once when two want to answer the same question', async () => {
      const challenge = untimed('awaiting_user').challenge ?? null;
      const { id } = await add({ state: 'awaiting_user', cause: 'user_interaction', challenge });
      const slow = gate();
      world.fake.script.always('credentials.submitSupplementalInformation', async () =>
        slow.pass().then(() => ok(untimed('syncing'))),
      );
      const [field] = challenge?.kind === 'submit_information' ? challenge.fields : [];
      const answers = [{ name: field?.name ?? '', value: '1234', pointer: '/fields/0' }];

      const first = world.answering.submit(id, answers, TESTER);
      await slow.arrived;
      await expect(world.answering.submit(id, answers, TESTER)).rejects.toMatchObject({ code: 'connection.busy' });
      slow.open();
      await first;
      await expect(world.answering.submit(id, answers, TESTER)).rejects.toMatchObject({ code: 'challenge.none' });

      expect(world.fake.script.callsTo('credentials.submitSupplementalInformation')).toHaveLength(1);
    });

    it('whose answer was lost is looked after within seconds', async () => {
      const { id } = await add({ nextWatchAt: at(6 * 3_600_000) });
      world.fake.script.plan('credentials.refresh', failure('provider.timeout', true));

      await expect(world.refreshing.run(id, NOBODY, TESTER)).rejects.toMatchObject({ code: 'provider.timeout' });

      const { nextWatchAt } = await world.stored(id);
      expect(nextWatchAt?.getTime()).toBeLessThanOrEqual(store.clock.now().getTime() + 5_000);
    });

    it.each([
      ['a secret that does not open, which sends nothing', new UnsealError('No key.'), false],
      ['a fault of ours', new TypeError('Not a function.'), true],
    ])('that ends in %s, ends in the book too', async (_what, error, spent) => {
      const { id } = await add();
      world.fake.script.plan('credentials.refresh', async () => Promise.reject(error));

      await expect(world.refreshing.run(id, NOBODY, TESTER)).rejects.toBe(error);

      expect(
        await store.query('SELECT outcome, spent, finished_at AS at FROM refresh_attempts WHERE connection_id = $1', [
          id,
        ]),
      ).toEqual([{ outcome: 'internal', spent, at: store.clock.now() }]);
    });

    it('whose process died is looked after when its claim is over, and not repeated before that look', async () => {
      const { id } = await add({ nextWatchAt: at(6 * 3_600_000) });
      await store.work.claimWork(id, 'dead', store.clock.now(), LEASE_MS);
      store.clock.advance(LEASE_MS);
      expect((await world.stored(id)).nextWatchAt).toEqual(store.clock.now());
      world.fake.script.plan('credentials.get', snapshot(untimed('syncing')));

      const joined = await world.refreshing.run(id, NOBODY, TESTER);

      expect(joined.state).toBe('syncing');
      expect(world.fake.script.callsTo('credentials.refresh')).toHaveLength(0);
    });

    it('that is over leaves no look behind that nobody needs', async () => {
      const { id } = await add({ state: 'failed', cause: 'permanent', nextWatchAt: null });
      const fence = await store.work.claimWork(id, 'tester', store.clock.now(), LEASE_MS);
      await store.lifecycle.apply(id, untimed('failed'), TESTER, { fence: fence?.fence ?? 0 });

      expect((await world.stored(id)).nextWatchAt).toBeNull();
    });
  });
});
