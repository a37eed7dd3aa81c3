import { walkHostedPages } from '../../src/sandbox/flanks/hosted-visitor.js';
import { ThreeProviders } from '../factories/three-providers.factory.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const JUMPS: readonly [string, number][] = [
  ['an hour', 60 * MINUTE],
  ['a day', DAY],
  ['ninety days', 90 * DAY],
];
/** Readings of one connection in the minute after a jump: moving ones every second at first, then every ten. */
const MOST_READINGS = 25;
/** States in which a provider is asked to fetch without the user. */
const REFRESHED = ['active', 'retrying'];
const MOVING = ['pending', 'authenticating', 'awaiting_user', 'syncing', 'deleting'];

interface Row {
  readonly id: string;
  readonly provider: string;
  readonly institution_id: string;
  readonly state: string;
  readonly next_watch_at: Date | null;
  readonly next_sync_at: Date | null;
}

describe('after the clock has jumped', () => {
  let world: ThreeProviders;

  beforeEach(async () => {
    world = await ThreeProviders.start();
  });

  afterEach(async () => {
    await world.close();
  });

  async function connect(provider: string, institutionId: string, username: string, password: string): Promise<void> {
    const login = { provider, institutionId, fields: { username, password } };
    const { status, bytes } = await world.mooring.post('/v1/connections', {
      userId: await world.mooring.user(),
      ...login,
    });
    if (status !== 201) throw new Error(`${username} at ${provider}: ${bytes.toString()}`);
  }

  /** Connections of all providers in as many states as their banks offer. */
  async function everyState(): Promise<void> {
    for (const last of [1, 2, 3, 4, 5, 6, 7, 8])
      await connect('tink', 'se-demobank-password', `u1000000${last}`, 'abc123');
    await connect('tink', 'se-demobank-open-banking-embedded', 'u10000001', 'abc123');
    for (const username of ['Greatday', 'greatday_nomfa', 'test_pending', 'test_dispatched', 'test_disabled_account'])
      await connect('flinks', 'FlinksCapital', username, 'Everyday');
    await connect('flinks', 'FlinksCapital', 'greatday_business', 'wrong');
    for (const username of ['healthy', 'sca', 'blocked']) {
      const { url } = await world.begin({ userId: await world.mooring.user(), provider: 'flanks' });
      const { location } = await walkHostedPages(url, { username });
      if (location) await world.comeBack(location);
    }
    await world.mooring.watchFor(90_000);
    world.flanks.setSca(world.flanksLogin('sca').id, true);
    world.flanks.setBlocked(world.flanksLogin('blocked').id, true);
    // Some are caught in the middle.
    await connect('tink', 'se-demobank-open-banking-embedded', 'u10000002', 'abc123');
    await connect('flinks', 'FlinksCapital', 'greatday_rounds', 'Everyday');
  }

  const rows = async () => world.mooring.sql<Row>('SELECT * FROM connections WHERE deleted_at IS NULL');
  const controls = () => [world.mooring.tink, world.flanks, world.flinks];
  const calls = (path: string) => controls().reduce((sum, control) => sum + control.calls({ path }).length, 0);

  it.each(JUMPS)('by %s nothing is stuck, read without end or tried at the bank', async (_name, jump) => {
    await everyState();
    const before = await rows();
    expect(new Set(before.map(({ state }) => state)).size).toBeGreaterThanOrEqual(7);
    for (const control of controls()) control.clearCalls();

    world.mooring.advance(jump);
    await world.mooring.watchFor(MINUTE);
    await world.recoverVisits();

    expect(calls('.')).toBeLessThan(before.length * MOST_READINGS);
    // Without the user only healthy connections and those with passing trouble are refreshed, once each.
    expect(calls('/authenticate$')).toBe(0);
    const mayBe = before.filter(({ provider, state }) => provider === 'tink' && REFRESHED.includes(state));
    expect(calls('/refresh$')).toBeLessThanOrEqual(mayBe.length);
    // Whatever moved has ended within half an hour.
    for (let minute = 0; minute < 40; minute += 1) {
      world.mooring.advance(MINUTE);
      await world.mooring.watch();
    }
    const after = await rows();
    expect(after.filter(({ state }) => MOVING.includes(state))).toEqual([]);
    const now = world.mooring.clock.now();
    expect(
      after.filter(({ state, next_watch_at: watch, next_sync_at: sync }) => {
        const next = watch ?? sync;
        return state !== 'failed' && (next === null || next < now);
      }),
    ).toEqual([]);
    for (const control of controls()) control.clearCalls();
    await world.mooring.watchFor(MINUTE);
    expect(calls('.')).toBeLessThan(before.length * 3);
  });
});
