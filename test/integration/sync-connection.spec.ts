import { providerId } from '../../src/credentials/provider-id.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import { fail, ok } from '../../src/credentials/result.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import type { Connection } from '../../src/connections/domain/connection.js';
import { observed } from '../factories/observation.factory.js';
import { SyncWorld } from './sync-world.js';

const OTHER = providerId('other');
const HOUR = 3_600_000;
const DOWN: ProviderFailure = { code: 'provider.unavailable', message: 'Down.', mayHaveHappened: false };

describe('a planned sync', () => {
  let world: SyncWorld;
  beforeAll(async () => {
    world = await SyncWorld.open();
  });
  afterAll(async () => {
    await world.close();
  });
  beforeEach(() => {
    world.queue.waiting.length = 0;
    world.races.fake.script.reset();
    world.races.other.script.reset();
  });

  const snapshot = (connection: Connection, state: Parameters<typeof observed>[0] = 'active') => {
    const { credentialId, institutionId, providerStatus, providerStatusAt, dataAsOf } = connection;
    const observation = observed(state, { providerStatus, providerStatusAt, ...(dataAsOf && { dataAsOf }) });
    return { credentialId: credentialId ?? new Opened('none'), institutionId, loginIdentity: null, observation };
  };
  /** Plans what is due and does it. */
  const work = async () => {
    await world.planner.run();
    return world.workers.workOff();
  };
  const stored = async (id: string) => world.races.store.connections.find(id);
  const attempts = async (id: string) =>
    world.races.store.source.query<{ outcome: string | null; attended: boolean; spent: boolean; trigger: string }[]>(
      `SELECT outcome, attended, spent, trigger FROM refresh_attempts WHERE connection_id = $1 ORDER BY started_at`,
      [id],
    );

  it('refreshes where we may, writes the attempt down first, and leaves the rest to the watcher', async () => {
    const { id } = await world.due();
    let during: unknown;
    world.races.fake.script.plan('credentials.refresh', async () => {
      during = await attempts(id);
      return ok(observed('syncing'));
    });
    expect(await work()).toEqual({ done: 1, failed: 0 });
    expect(during).toEqual([{ outcome: null, attended: false, spent: true, trigger: 'sync' }]);
    expect(await attempts(id)).toEqual([{ outcome: 'accepted', attended: false, spent: true, trigger: 'sync' }]);
    expect(await stored(id)).toMatchObject({ state: 'syncing', nextSyncAt: null });
  });

  it('reads where the provider fetches by itself: one statement, no event, no new version', async () => {
    const before = await world.due({ provider: OTHER });
    world.races.other.script.plan('credentials.get', ok(snapshot(before)));
    await work();
    const after = await stored(before.id);
    expect(after).toMatchObject({ version: 1, state: 'active', nextWatchAt: null });
    expect(after?.nextSyncAt?.getTime()).toBeGreaterThan(world.races.store.clock.now().getTime() + HOUR);
    expect(after?.lastSuccessAt).toEqual(world.races.store.clock.now());
    expect(await attempts(before.id)).toEqual([]);
  });

  it('only reads what the provider has fetched by itself since yesterday: no attempt at the bank', async () => {
    const fresh = new Date(world.races.store.clock.now().getTime() - 12 * HOUR);
    const before = await world.due({ dataAsOf: fresh });
    world.races.fake.script.plan('credentials.get', ok(snapshot(before)));
    await work();
    expect(world.races.fake.script.calls.map(({ operation }) => operation)).toEqual(['credentials.get']);
    expect(await attempts(before.id)).toEqual([]);
    const after = await stored(before.id);
    expect(after).toMatchObject({ version: 1, state: 'active', nextWatchAt: null });
    expect(after?.nextSyncAt?.getTime()).toBeGreaterThan(world.races.store.clock.now().getTime() + HOUR);
  });

  it('takes news that a reading brings through the one door', async () => {
    const before = await world.due({ provider: OTHER });
    world.races.other.script.plan('credentials.get', ok({ ...snapshot(before), observation: observed('blocked') }));
    await work();
    expect(await stored(before.id)).toMatchObject({ state: 'blocked', version: 2, nextSyncAt: null });
  });

  it('is done once when its job comes twice', async () => {
    const { id } = await world.due();
    world.races.fake.script.plan('credentials.refresh', ok(observed('syncing')));
    await world.planner.run();
    const [job] = world.queue.waiting;
    if (job) world.queue.waiting.push(job);
    await world.workers.workOff();
    expect(world.races.fake.script.callsTo('credentials.refresh')).toHaveLength(1);
    expect(await attempts(id)).toHaveLength(1);
  });

  it.each(['reauth_required', 'blocked', 'failed', 'awaiting_user'] as const)(
    'makes no attempt on a connection that became %s after it was planned',
    async (state) => {
      const { id } = await world.due();
      await world.planner.run();
      await world.races.store.source.query(`UPDATE connections SET state = $2 WHERE id = $1`, [id, state]);
      await world.workers.workOff();
      expect(world.races.fake.script.calls).toEqual([]);
      expect(await attempts(id)).toEqual([]);
    },
  );

  it('spends the daily quota and no more, then reads, and comes back when there is quota again', async () => {
    const { clock, source } = world.races.store;
    const before = await world.due();
    const { script } = world.races.fake;
    script.always('credentials.refresh', fail({ ...DOWN, code: 'provider.timeout', mayHaveHappened: true }));
    script.always('credentials.get', ok(snapshot(before)));
    const started = clock.now().getTime();
    for (let round = 0; round < 6; round += 1) {
      await source.query(`UPDATE connections SET next_sync_at = $2 WHERE id = $1`, [before.id, clock.now()]);
      await work();
      clock.advance(HOUR);
    }
    expect(script.callsTo('credentials.refresh')).toHaveLength(4);
    expect(script.callsTo('credentials.get').length).toBeGreaterThan(0);
    expect((await world.planOf(before.id))?.getTime()).toBeLessThanOrEqual(started + 24 * HOUR);
    clock.advance(18 * HOUR);
    await work();
    expect(await attempts(before.id)).toHaveLength(5);
  });

  it('does not spend quota on a provider that was never reached, and tries again in minutes', async () => {
    const { clock } = world.races.store;
    const { id } = await world.due();
    world.races.fake.script.plan('credentials.refresh', fail(DOWN));
    await work();
    expect(await attempts(id)).toEqual([
      { outcome: 'provider.unavailable', attended: false, spent: false, trigger: 'sync' },
    ]);
    const again = (await world.planOf(id))?.getTime() ?? 0;
    expect(again - clock.now().getTime()).toBeGreaterThanOrEqual(5 * 60_000);
    expect(again - clock.now().getTime()).toBeLessThan(10 * 60_000);
    expect(await stored(id)).toMatchObject({ state: 'active', consecutiveFailures: 0 });
  });

  it('waits as long as a limit lasts', async () => {
    const { id } = await world.due();
    const retryAt = new Date(world.races.store.clock.now().getTime() + 2 * HOUR);
    world.races.fake.script.plan('credentials.refresh', fail({ ...DOWN, code: 'provider.rate_limited', retryAt }));
    await work();
    expect(await world.planOf(id)).toEqual(retryAt);
  });

  it('marks what a dead process left unfinished, and reads the truth before anything is repeated', async () => {
    const { store, fake } = world.races;
    const before = await world.due();
    const claim = await store.work.claimWork(before.id, 'a process that died', store.clock.now(), 40_000);
    const attempt = { id: before.userId, connectionId: before.id, fence: claim?.fence ?? 0, attended: false };
    const started = { trigger: 'sync' as const, reason: 'healthy', startedAt: store.clock.now() };
    await store.attempts.reserve({ ...attempt, ...started }, 4);
    store.clock.advance(41_000);
    fake.script.plan('credentials.get', ok(snapshot(before)));
    fake.script.plan('credentials.refresh', ok(observed('syncing')));
    await work();
    expect(fake.script.calls.map(({ operation }) => operation)).toEqual(['credentials.get', 'credentials.refresh']);
    expect((await attempts(before.id)).map(({ outcome }) => outcome)).toEqual(['abandoned', 'accepted']);
  });
});
