import { ok } from '../../src/credentials/result.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { NOON } from '../factories/connection.factory.js';
import { observed } from '../factories/observation.factory.js';
import { SyncWorld } from './sync-world.js';

const COPIES = `
  INSERT INTO connections (id, user_id, external_user_id, provider, institution_id, institution_name,
      credential_sealed, credential_lookup, state, cause, state_since, provider_status, next_watch_at, created_at,
      updated_at)
    SELECT gen_random_uuid(), user_id, external_user_id, provider, institution_id, institution_name,
      credential_sealed, 'copy ' || n, state, cause, state_since, provider_status, next_watch_at, created_at,
      updated_at FROM connections, generate_series(1, $2::integer) AS n WHERE id = $1`;

describe('watching', () => {
  let world: SyncWorld;
  beforeEach(async () => {
    world = await SyncWorld.open();
  });
  afterEach(async () => {
    await world.close();
  });

  const moving = observed('syncing', { providerStatusAt: null });
  const snapshot = ok({
    ...{ credentialId: new Opened('none'), institutionId: 'i', loginIdentity: null },
    observation: moving,
  });
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

  it('gets through all that are due at once, each looked at once, however many processes plan', async () => {
    const template = await world.races.store.add({ state: 'syncing', nextWatchAt: NOON });
    await world.races.store.source.query(COPIES, [template.id, 119]);
    world.races.fake.script.always('credentials.get', snapshot);
    let planned = 0;
    for (let round = 0; round < 2; round += 1) {
      planned += sum(await Promise.all([world.watches.run(), world.watches.run(), world.watches.run()]));
      await world.workers.workOff();
    }
    expect(planned).toBe(120);
    // One credential stands for all of them here; the claim on a reading is each connection's own.
    expect(world.races.fake.script.callsTo('credentials.get')).toHaveLength(120);
  });

  it('has what moves read before settled connections that wait in the queue', async () => {
    const { store } = world.races;
    const settled = await store.add({ state: 'blocked', nextWatchAt: NOON });
    await world.watches.run();
    const moving = await store.add({ state: 'syncing', nextWatchAt: NOON });
    await world.watches.run();
    expect(world.queue.waiting.map(({ key, priority }) => [key, priority])).toEqual([
      [settled.id, 0],
      [moving.id, 1],
    ]);
  });

  it('looks again at what was taken and never looked at', async () => {
    const { store, fake } = world.races;
    await store.add({ state: 'syncing', nextWatchAt: NOON });
    fake.script.always('credentials.get', snapshot);
    expect(await world.watches.run()).toBe(1);
    world.queue.waiting.length = 0;
    expect(await world.watches.run()).toBe(0);
    store.clock.advance(60_000);
    expect(await world.watches.run()).toBe(1);
  });

  it('does not fill a queue that nobody empties', async () => {
    const template = await world.races.store.add({ state: 'syncing', nextWatchAt: NOON });
    await world.races.store.source.query(COPIES, [template.id, 449]);
    expect(await world.watches.run()).toBe(400);
    expect(await world.watches.run()).toBe(0);
  });
});
