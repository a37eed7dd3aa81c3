import { randomUUID } from 'node:crypto';

import { providerId } from '../../src/credentials/provider-id.js';
import { SyncWorld } from './sync-world.js';

const TINK = providerId('tink');
const OTHER = providerId('other');

describe('planning of syncs', () => {
  let world: SyncWorld;
  beforeAll(async () => {
    world = await SyncWorld.open();
  });
  afterAll(async () => {
    await world.close();
  });
  beforeEach(async () => {
    world.queue.waiting.length = 0;
    world.admits = 'all';
    await world.races.store.source.query(`UPDATE connections SET next_sync_at = NULL`);
  });

  const planned = (name: string): string[] =>
    world.queue.waiting.filter((job) => job.name === name).map(({ key }) => String(key));

  it('takes what is due, and nothing that is not, is paused or is gone', async () => {
    const { clock } = world.races.store;
    const due = await world.due();
    await world.due({ nextSyncAt: new Date(clock.now().getTime() + 1) });
    await world.due({ syncPausedAt: clock.now() });
    await world.due({ nextSyncAt: null });
    expect(await world.planner.run()).toBe(1);
    expect(planned('sync.tink')).toEqual([due.id]);
  });

  it('takes each only once, however many plan at the same time', async () => {
    await Promise.all(Array.from({ length: 30 }, async () => world.due()));
    const counts = await Promise.all(Array.from({ length: 10 }, async () => world.planner.run()));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(30);
    expect(new Set(planned('sync.tink')).size).toBe(30);
  });

  it('plans again what was taken and never done', async () => {
    const { id } = await world.due();
    await world.planner.run();
    world.queue.waiting.length = 0;
    expect(await world.planner.run()).toBe(0);
    world.races.store.clock.advance(5 * 60_000);
    await world.planner.run();
    expect(planned('sync.tink')).toEqual([id]);
  });

  it('does not let one user with many connections hold up the others', async () => {
    const userId = await world.races.store.addUser();
    const longDue = new Date(world.races.store.clock.now().getTime() - 3_600_000);
    await Promise.all(Array.from({ length: 20 }, async () => world.due({ userId, nextSyncAt: longDue })));
    const quiet = await world.due();
    const chosen = await world.plan.claimDue({
      ...{ provider: TINK, now: world.races.store.clock.now(), limit: 10, perUser: 5 },
      heldUntil: new Date(world.races.store.clock.now().getTime() + 1000),
    });
    expect(chosen).toHaveLength(6);
    expect(chosen.map(({ id }) => id)).toContain(quiet.id);
  });

  it('moves a crowd aside when it fills the whole view, and comes back to it', async () => {
    const { store } = world.races;
    const userId = await store.addUser();
    const longDue = new Date(store.clock.now().getTime() - 3_600_000);
    await Promise.all(Array.from({ length: 60 }, async () => world.due({ userId, nextSyncAt: longDue })));
    const quiet = await world.due();
    const take = async () =>
      world.plan.claimDue({
        ...{ provider: TINK, now: store.clock.now(), limit: 4, perUser: 2 },
        heldUntil: new Date(store.clock.now().getTime() + 600_000),
      });
    // Twelve candidates at a time, all of one user.
    const taken: string[] = [];
    for (let tick = 0; tick < 6 && !taken.includes(quiet.id); tick += 1) {
      taken.push(...(await take()).map(({ id }) => id));
    }
    expect(taken).toContain(quiet.id);
    store.clock.advance(30_000);
    expect((await take()).length).toBeGreaterThan(0);
  });

  it('keeps providers apart', async () => {
    await Promise.all([world.due(), world.due(), world.due({ provider: OTHER })]);
    await world.planner.run();
    expect([planned('sync.tink').length, planned('sync.other').length]).toEqual([2, 1]);
  });

  it('plans also where this process cannot call: others may', async () => {
    await Promise.all([world.due(), world.due()]);
    world.admits = 'none';
    await world.planner.run();
    expect(planned('sync.tink')).toHaveLength(2);
  });

  it('plans nothing for a provider that is switched off or asked for quiet', async () => {
    await Promise.all([world.due(), world.due({ provider: OTHER })]);
    world.paused.add('tink');
    await world.planner.run();
    expect(planned('sync.tink')).toEqual([]);
    expect(planned('sync.other')).toHaveLength(1);
    world.paused.clear();
    await world.planner.run();
    expect(planned('sync.tink')).toHaveLength(1);
  });

  it('does not fill the queue beyond what the workers can take', async () => {
    const full = Array.from({ length: 1_000 }, () => ({
      ...{ name: 'sync.tink', key: randomUUID(), data: {}, priority: 0 },
    }));
    world.queue.waiting.push(...full);
    await world.due();
    expect(await world.planner.run()).toBe(0);
  });
});
