import { connectionTag, userTag } from '../../src/cache/keys.js';
import type { ObservedState } from '../../src/credentials/observation.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { Failure } from '../../src/platform/errors/failure.js';
import { at, NOON } from '../factories/connection.factory.js';
import { observed } from '../factories/observation.factory.js';
import { ConnectionStore, shuffled, TESTER } from './connection-store.js';

const STATES: readonly ObservedState[] = ['authenticating', 'awaiting_user', 'syncing', 'active', 'retrying'];

describe('the one door for state', () => {
  let store: ConnectionStore;

  beforeAll(async () => {
    store = await ConnectionStore.open();
  });

  afterAll(async () => {
    await store.close();
  });

  const eventsOf = async (id: string) => (await store.events.page(id, 200)).data;

  it.each([1, 2, 3])('ends in the newest of fifty readings that arrive at once in any order (%i)', async (seed) => {
    const { id } = await store.add({ providerStatusAt: NOON });
    const readings = Array.from({ length: 50 }, (_none, index) =>
      observed(STATES[index % STATES.length] ?? 'active', { providerStatusAt: at(1 + index) }),
    );
    const newest = readings.at(-1);

    const applied = await Promise.all(
      shuffled(readings, seed).map((reading) => store.lifecycle.apply(id, reading, TESTER)),
    );

    const end = await store.connections.find(id);
    expect(end).toMatchObject({
      state: newest?.state,
      providerStatusAt: at(50),
      providerStatus: newest?.providerStatus,
    });
    const accepted = applied.filter(({ refused }) => refused === null).length;
    expect(end?.version).toBe(1 + accepted);
    expect(applied.filter(({ refused }) => refused !== null).every(({ refused }) => refused === 'out_of_order')).toBe(
      true,
    );

    const events = await eventsOf(id);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    // Each event begins where the one before ended: nothing was lost in between.
    for (const [index, event] of events.entries()) {
      if (index > 0) expect(event.from).toBe(events[index - 1]?.to);
    }
    expect(events.at(-1)?.to).toBe(end?.state);
  });

  it('writes an event with a change of state, and none with a reading that says the same', async () => {
    const { id } = await store.add();

    await store.lifecycle.apply(id, observed('syncing', { providerStatusAt: at(1) }), TESTER);
    await store.lifecycle.apply(id, observed('syncing', { providerStatusAt: at(1) }), TESTER);

    expect((await eventsOf(id)).map(({ from, to }) => [from, to])).toEqual([
      [null, 'active'],
      ['active', 'syncing'],
    ]);
  });

  it('does not lose a pause to a reading that is applied at the same time', async () => {
    const { id } = await store.add();
    const readings = Array.from({ length: 20 }, (_none, index) =>
      store.lifecycle.apply(id, observed('active', { providerStatusAt: at(1 + index) }), TESTER),
    );

    await Promise.all([...readings.slice(0, 10), store.lifecycle.setPaused(id, true), ...readings.slice(10)]);

    expect((await store.connections.find(id))?.syncPausedAt).toEqual(NOON);
  });

  it('refuses what a lost claim brings', async () => {
    const { id } = await store.add();
    const lost = await store.work.claimWork(id, 'lost', NOON, 1000);
    const heir = await store.work.claimWork(id, 'heir', at(1000), 1000);

    const late = await store.lifecycle.apply(id, observed('failed'), TESTER, { fence: lost?.fence ?? -1 });
    const current = await store.lifecycle.apply(id, observed('syncing'), TESTER, { fence: heir?.fence ?? -1 });

    expect([late.refused, current.refused]).toEqual(['stale_fence', null]);
    expect((await store.connections.find(id))?.state).toBe('syncing');
  });

  it('never brings back what is deleted, however late a reading comes', async () => {
    const { id } = await store.add();
    await store.lifecycle.apply(id, { state: 'deleting' }, TESTER);
    await store.lifecycle.apply(id, observed('deleted'), TESTER);

    const late = await store.lifecycle.apply(id, observed('active', { providerStatusAt: at(99_999) }), TESTER);

    expect(late.refused).toBe('illegal_transition');
    expect(await store.connections.find(id)).toBeNull();
    const [row] = await store.query('SELECT credential_sealed, fingerprint, state FROM connections WHERE id = $1', [
      id,
    ]);
    expect(row).toEqual({ credential_sealed: null, fingerprint: null, state: 'deleted' });
  });

  it('tells the cache after the commit, never before', async () => {
    const { id, userId } = await store.add();
    const seen: unknown[] = [];
    store.cache.invalidated.length = 0;
    store.cache.whenTold = async () => {
      seen.push(await store.query('SELECT state FROM connections WHERE id = $1', [id]));
    };

    await store.lifecycle.apply(id, observed('syncing'), TESTER);

    store.cache.whenTold = async () => undefined;
    expect(seen).toEqual([[{ state: 'syncing' }]]);
    expect(store.cache.invalidated).toEqual([connectionTag(id), userTag(userId)]);
  });

  it('leaves neither row nor event when the creation it stands for is gone', async () => {
    const [userId, before] = [await store.addUser(), await store.query('SELECT 1 FROM connection_events')];
    const gone = store.add({ userId, id: '0199aaaa-0000-7000-8000-00000000dead' });
    await gone;
    const again = store.lifecycle.begin({ ...(await gone), id: '0199aaaa-0000-7000-8000-00000000beef' }, TESTER, () =>
      Promise.reject(new Failure('connection.conflict')),
    );

    await expect(again).rejects.toThrow('connection.conflict');

    expect(await store.connections.find('0199aaaa-0000-7000-8000-00000000beef')).toBeNull();
    expect(await store.query('SELECT 1 FROM connection_events')).toHaveLength(before.length + 1);
  });

  it('is not anonymised while it is live, while another is being created, or a provider has one of before', async () => {
    const { id, userId } = await store.add({ externalUserId: 'cust-with-a-name' });
    const anonymise = () => store.source.transaction((manager) => store.connections.anonymise(manager, userId));
    const creation = store.creation(userId);
    await store.creations.reserve(creation);

    const live = await anonymise();
    await store.lifecycle.apply(id, { state: 'deleting' }, TESTER);
    await store.lifecycle.apply(id, observed('deleted'), TESTER);
    const creating = await anonymise();
    await store.creations.drop(creation.id);
    await store.lifecycle.apply(id, { ...observed('active'), credentialId: new Opened('late') }, TESTER);
    const former = await anonymise();
    await store.query('DELETE FROM former_credentials WHERE user_id = $1', [userId]);
    const dead = await anonymise();

    expect([live, creating, former, dead]).toEqual([false, false, false, true]);
    expect(await store.query('SELECT external_user_id FROM connections WHERE id = $1', [id])).toEqual([
      { external_user_id: `deleted:${userId}` },
    ]);
  });

  it('has a login taken by one of many who want it, and given back only by who took it', async () => {
    const [first, second] = [await store.add(), await store.add()];
    const wanted = 'fingerprint-that-both-want';

    const taken = await Promise.all([first, second].map(({ id }) => store.connections.takeLogin(id, wanted)));

    expect([...taken].sort()).toEqual([false, true]);
    const [winner, loser] = taken[0] ? [first, second] : [second, first];
    await store.connections.giveLoginBack(loser.id, wanted, 'nothing');
    expect((await store.connections.findByFingerprint(wanted))?.id).toBe(winner.id);
    await store.connections.giveLoginBack(winner.id, wanted, winner.fingerprint);
    expect(await store.connections.findByFingerprint(wanted)).toBeNull();
    const creation = store.creation(first.userId, { fingerprint: wanted });
    await store.creations.reserve(creation);
    expect(await store.connections.takeLogin(first.id, wanted)).toBe(false);
  });

  it('says that there is no such connection', async () => {
    const nobody = '0199aaaa-0000-7000-8000-0000000000ff';

    await expect(store.lifecycle.apply(nobody, observed('active'), TESTER)).rejects.toThrow('connection.not_found');
    await expect(store.lifecycle.setPaused(nobody, true)).rejects.toThrow('connection.not_found');
  });

  it('keeps a question sealed in the row and shows it as it was', async () => {
    const { id } = await store.add();
    const asked = observed('awaiting_user', { providerStatusAt: at(1) });
    await store.lifecycle.apply(id, asked, TESTER);

    const [row] = await store.query<{ challenge_sealed: string; credential_sealed: string }>(
      'SELECT challenge_sealed, credential_sealed FROM connections WHERE id = $1',
      [id],
    );
    expect(row?.challenge_sealed).toMatch(/^v1\.test\./);
    expect(row?.challenge_sealed).not.toContain('One-time code');
    expect((await store.connections.find(id))?.challenge).toEqual(asked.challenge);

    await store.lifecycle.apply(id, observed('active', { providerStatusAt: at(2) }), TESTER);
    const [settled] = await store.query(
      'SELECT challenge_sealed, challenge_expires_at FROM connections WHERE id = $1',
      [id],
    );
    expect(settled).toEqual({ challenge_sealed: null, challenge_expires_at: null });
  });
});
