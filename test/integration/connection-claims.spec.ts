import { randomUUID } from 'node:crypto';

import { MOVING_STATES } from '../../src/connections/domain/connection-state.js';
import { providerId } from '../../src/credentials/provider-id.js';
import { at, NOON } from '../factories/connection.factory.js';
import { ConnectionStore } from './connection-store.js';

const TINK = providerId('tink');

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_none, index) => work(index)));

describe('claims that all processes respect', () => {
  let store: ConnectionStore;

  beforeAll(async () => {
    store = await ConnectionStore.open();
  });

  afterAll(async () => {
    await store.close();
  });

  describe('a reservation of a login', () => {
    it('goes to one of twenty who want it at once, and tells the others until when', async () => {
      const [userId, fingerprint] = [await store.addUser(), randomUUID()];

      const answers = await times(20, () => store.creations.reserve(store.creation(userId, { fingerprint })));

      const kinds = answers.map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'reserved')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'in_progress')).toHaveLength(19);
      expect(answers).toContainEqual({ kind: 'in_progress', until: at(40_000) });
      expect(
        await store.query('SELECT 1 FROM connection_creations WHERE fingerprint = $1', [fingerprint]),
      ).toHaveLength(1);
    });

    it('names the live connection that has the login, and leaves no intent behind', async () => {
      const live = await store.add();
      const { userId, fingerprint } = live;

      const answers = await times(5, () => store.creations.reserve(store.creation(userId, { fingerprint })));

      expect(answers).toEqual(Array(5).fill({ kind: 'duplicate', connectionId: live.id }));
      expect(await store.query('SELECT 1 FROM connection_creations WHERE fingerprint = $1', [fingerprint])).toEqual([]);
    });

    it('is free again once the creation was dropped', async () => {
      const [userId, fingerprint] = [await store.addUser(), randomUUID()];
      const first = store.creation(userId, { fingerprint });
      await store.creations.reserve(first);
      await store.creations.drop(first.id);

      expect(await store.creations.reserve(store.creation(userId, { fingerprint }))).toEqual({ kind: 'reserved' });
    });

    it('does not hinder logins that nobody can name', async () => {
      const userId = await store.addUser();

      const answers = await times(3, () => store.creations.reserve(store.creation(userId, { fingerprint: null })));

      expect(answers).toEqual(Array(3).fill({ kind: 'reserved' }));
    });

    it('is taken over by one process when its time is over, and by none before', async () => {
      const userId = await store.addUser();
      await store.query('DELETE FROM connection_creations');
      const creations = Array.from({ length: 6 }, () => store.creation(userId));
      for (const creation of creations) await store.creations.reserve(creation);

      expect(await store.creations.claimOverdue(at(39_999), 20, 60_000)).toEqual([]);
      const claimed = await times(3, () => store.creations.claimOverdue(at(40_000), 20, 60_000));

      const ids = claimed.flat().map(({ id }) => id);
      expect(ids.sort()).toEqual(creations.map(({ id }) => id).sort());
      expect(await store.creations.claimOverdue(at(99_999), 20, 60_000)).toEqual([]);
      expect(await store.creations.claimOverdue(at(100_000), 20, 60_000)).toHaveLength(6);
    });
  });

  describe('a reading of the provider', () => {
    it('is granted once in a second, however many ask', async () => {
      const { id } = await store.add();

      const first = await times(20, () => store.work.claimReading(id, NOON, 1000));
      const early = await store.work.claimReading(id, at(999), 1000);
      const next = await times(20, () => store.work.claimReading(id, at(1000), 1000));

      expect(first.filter(Boolean)).toHaveLength(1);
      expect(early).toBe(false);
      expect(next.filter(Boolean)).toHaveLength(1);
    });

    it('is granted when the last one lies in the future, as after a clock was put back', async () => {
      const { id } = await store.add();
      await store.work.claimReading(id, at(3_600_000), 1000);

      expect(await store.work.claimReading(id, NOON, 1000)).toBe(true);
    });

    it('is never granted for a connection that is gone', async () => {
      const { id } = await store.add({ state: 'deleted', credentialId: null, fingerprint: null, deletedAt: NOON });

      expect(await store.work.claimReading(id, NOON, 1000)).toBe(false);
    });
  });

  describe('a claim to work', () => {
    it('has one holder, and a higher fence with every holder', async () => {
      const { id } = await store.add();

      const fences = await times(10, (index) => store.work.claimWork(id, `worker-${index}`, NOON, 40_000));

      expect(fences.filter((claim) => claim !== null)).toEqual([{ fence: 1, abandoned: false }]);
      expect(await store.work.claimWork(id, 'late', at(39_999), 40_000)).toBeNull();
      expect(await store.work.claimWork(id, 'heir', at(40_000), 40_000)).toEqual({ fence: 2, abandoned: true });
    });

    it('that was lost cannot release what its new holder has', async () => {
      const { id } = await store.add();
      await store.work.claimWork(id, 'lost', NOON, 40_000);
      await store.work.claimWork(id, 'heir', at(40_000), 40_000);

      await store.work.releaseWork(id, 1);
      expect(await store.work.claimWork(id, 'third', at(40_001), 40_000)).toBeNull();

      await store.work.releaseWork(id, 2);
      expect(await store.work.claimWork(id, 'third', at(40_001), 40_000)).toEqual({ fence: 3, abandoned: false });
    });
  });

  describe('the watch', () => {
    const due = async (count: number): Promise<string[]> => {
      const added = await times(count, (index) =>
        store.add({ state: 'syncing', stateSince: NOON, nextWatchAt: at(index) }),
      );
      return added.map(({ id }) => id);
    };

    const take = async (now: Date, limit: number): Promise<string[]> =>
      (await store.work.claimDueForWatch(TINK, now, limit, 40_000)).map(({ id }) => id);

    beforeEach(async () => {
      await store.query('UPDATE connections SET next_watch_at = NULL');
    });

    it('gives no connection to two processes that look at the same time', async () => {
      const ids = await due(40);

      const taken = (await times(4, () => take(at(1000), 15))).flat();

      expect(new Set(taken).size).toBe(taken.length);
      expect([...taken].sort()).toEqual([...ids].sort());
      expect(await take(at(1000), 50)).toEqual([]);
    });

    it('takes the oldest first, and only what is due', async () => {
      const ids = await due(6);

      expect((await take(at(3), 3)).sort()).toEqual(ids.slice(0, 3).sort());
      expect(await take(at(3), 3)).toEqual(ids.slice(3, 4));
    });

    it('takes what moves or is being deleted before what is settled, however long that has been due', async () => {
      const settled = await times(5, (index) => store.add({ state: 'blocked', nextWatchAt: at(index) }));
      const moving = await times(3, (index) =>
        store.add({ state: MOVING_STATES[index] ?? 'syncing', nextWatchAt: at(50) }),
      );
      const deleting = await store.add({ state: 'deleting', nextWatchAt: at(51) });
      const urgent = [...moving, deleting].map(({ id }) => id);
      await store.add({ state: 'syncing', nextWatchAt: at(1001) });

      const taken = await store.work.claimDueForWatch(TINK, at(1000), 6, 40_000);

      expect(
        taken
          .filter(({ moves }) => moves)
          .map(({ id }) => id)
          .sort(),
      ).toEqual(urgent.sort());
      expect(
        taken
          .filter(({ moves }) => !moves)
          .map(({ id }) => id)
          .sort(),
      ).toEqual(
        settled
          .slice(0, 2)
          .map(({ id }) => id)
          .sort(),
      );
      expect((await take(at(1000), 6)).sort()).toEqual(
        settled
          .slice(2)
          .map(({ id }) => id)
          .sort(),
      );
    });

    it('has an index of the states that go first', async () => {
      const [index] = await store.query<{ indexdef: string }>(
        `SELECT indexdef FROM pg_indexes WHERE indexname = 'connections_to_follow'`,
      );
      const states = [...(index?.indexdef.matchAll(/'([a-z_]+)'::text/g) ?? [])].map(([, state]) => state);
      expect(states.sort()).toEqual([...MOVING_STATES, 'deleting'].sort());
    });

    it('finds a connection again when the process that took it never came back', async () => {
      const [id] = await due(1);
      await take(at(1000), 50);

      expect(await take(at(40_999), 50)).toEqual([]);
      expect(await take(at(41_000), 50)).toEqual([id]);
    });

    it('is not put off by a reading from before a command whose answer was lost', async () => {
      const { id } = await store.add({ nextWatchAt: at(60) });
      const known = await store.connections.find(id);
      const claim = await store.work.claimWork(id, 'w', NOON, 40_000);
      await store.work.watchSoon(id, at(2));
      await store.work.releaseWork(id, claim?.fence ?? 0);
      const facts = { providerStatusAt: null, lastSuccessAt: null, nextSyncAt: null };

      expect(known && (await store.connections.touch(known, { ...facts, nextWatchAt: at(120) }))).toBe(true);
      expect((await store.connections.find(id))?.nextWatchAt).toEqual(at(2));

      const later = await store.connections.find(id);
      expect(later && (await store.connections.touch(later, { ...facts, nextWatchAt: at(120) }))).toBe(true);
      expect((await store.connections.find(id))?.nextWatchAt).toEqual(at(120));
    });

    it('is not begun by postponing it', async () => {
      const { id } = await store.add({ nextWatchAt: null });
      await store.work.postponeWatch({ id, version: 1 }, NOON);

      expect(await take(at(1), 50)).toEqual([]);
    });
  });

  describe('the deletion of users', () => {
    it('is resumed by one process at a time', async () => {
      const ids = await times(6, () => store.addUser());
      for (const id of ids) await store.users.requestDeletion(id, NOON, at(30_000));

      expect(await store.users.claimDeletions(at(29_999), at(150_000), 20)).toEqual([]);
      const taken = (await times(3, () => store.users.claimDeletions(at(30_000), at(150_000), 20))).flat();

      expect(taken.sort()).toEqual(ids.sort());
    });
  });
});
