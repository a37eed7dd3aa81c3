import { at, connection, NOON } from '../../../test/factories/connection.factory.js';
import { CONNECTION_STATES } from './connection-state.js';
import {
  decideSync,
  isReadBySync,
  nextTurn,
  plannedSync,
  refreshAgain,
  syncRhythm,
  type SyncRhythm,
} from './sync-schedule.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const daily: SyncRhythm = { kind: 'refresh', everyMs: 6 * HOUR, refreshEveryMs: DAY };
const reading: SyncRhythm = { kind: 'read', everyMs: 6 * HOUR };

/** Ids as they are: a time first, then random bits. */
const idOf = (n: number): string =>
  `0199aaaa-0000-7000-8000-0000${((n * 2654435761) >>> 0).toString(16).padStart(8, '0')}`;

describe('nextTurn', () => {
  const turns = Array.from({ length: 2_000 }, (_, n) => nextTurn({ id: idOf(n) }, { everyMs: DAY }, NOON).getTime());

  it('comes a quarter of the rhythm from now at the earliest, and within one and a quarter', () => {
    expect(Math.min(...turns)).toBeGreaterThanOrEqual(at(6 * HOUR).getTime());
    expect(Math.max(...turns)).toBeLessThan(at(30 * HOUR).getTime());
  });

  it('spreads connections evenly over the day', () => {
    const hours = new Map<number, number>();
    for (const turn of turns) {
      const hour = Math.floor(turn / HOUR) % 24;
      hours.set(hour, (hours.get(hour) ?? 0) + 1);
    }
    expect(hours.size).toBe(24);
    expect(Math.max(...hours.values())).toBeLessThan(2 * (turns.length / 24));
  });

  it('is the same place every day', () => {
    const first = nextTurn({ id: idOf(7) }, { everyMs: DAY }, NOON);
    const second = nextTurn({ id: idOf(7) }, { everyMs: DAY }, first);
    expect(second.getTime() - first.getTime()).toBe(DAY);
  });
});

describe('plannedSync', () => {
  const due = at(-1);
  const active = connection({ nextSyncAt: due });

  it('plans a connection that became active', () => {
    const before = connection({ state: 'syncing' });
    expect(plannedSync(before, connection(), daily, NOON)).toEqual(nextTurn(active, daily, NOON));
  });

  it('does not let a plain reading take the turn of a refresh', () => {
    expect(plannedSync(active, connection({ dataAsOf: at(-DAY) }), daily, NOON)).toEqual(due);
  });

  it('plans the next turn of what is fresh, also where we may ask the bank', () => {
    const fresh = connection({ dataAsOf: at(-20 * HOUR) });
    expect(plannedSync(active, fresh, daily, NOON)).toEqual(nextTurn(active, daily, NOON));
  });

  it('leaves a turn alone at which data will be too old, however often it is read before', () => {
    const turn = at(5 * HOUR);
    const before = connection({ nextSyncAt: turn });
    expect(plannedSync(before, connection({ dataAsOf: at(-16 * HOUR) }), daily, NOON)).toEqual(turn);
    const soon = at(HOUR);
    const ageing = connection({ dataAsOf: at(-19 * HOUR) });
    expect(plannedSync({ ...before, nextSyncAt: soon }, ageing, daily, NOON)).not.toEqual(soon);
  });

  it('takes a reading as the sync where the provider fetches by itself', () => {
    expect(plannedSync(active, connection(), reading, NOON)).toEqual(nextTurn(active, reading, NOON));
  });

  it.each(CONNECTION_STATES.filter((state) => state !== 'active' && state !== 'retrying'))(
    'plans nothing while %s',
    (state) => {
      for (const rhythm of [daily, reading]) {
        expect(plannedSync(active, connection({ state }), rhythm, NOON)).toBeNull();
      }
    },
  );

  it('plans nothing for a provider that was switched off', () => {
    expect(plannedSync(active, connection(), null, NOON)).toBeNull();
  });

  it('refreshes after trouble with growing pauses, and leaves the plan alone while nothing new is known', () => {
    const first = connection({ state: 'retrying', consecutiveFailures: 1, retryAt: at(60_000) });
    const planned = plannedSync(active, first, daily, NOON);
    expect(planned).toEqual(refreshAgain(1, NOON));
    const before = { ...first, nextSyncAt: planned };
    expect(plannedSync(before, first, daily, at(5))).toEqual(planned);
    expect(plannedSync(before, { ...first, consecutiveFailures: 2 }, daily, NOON)).toEqual(at(HOUR));
    expect(plannedSync(before, { ...first, consecutiveFailures: 9 }, daily, NOON)).toEqual(at(12 * HOUR));
  });

  it('waits as long as the provider asked', () => {
    const limited = connection({ state: 'retrying', consecutiveFailures: 1, retryAt: at(2 * HOUR) });
    expect(plannedSync(active, limited, daily, NOON)).toEqual(at(2 * HOUR));
  });

  it('leaves trouble of a provider that fetches by itself to the readings', () => {
    expect(plannedSync(active, connection({ state: 'retrying' }), reading, NOON)).toBeNull();
  });
});

describe('decideSync', () => {
  const due = { nextSyncAt: NOON, syncPausedAt: null, dataAsOf: at(-DAY) };

  it.each([
    ['active', daily, 'refresh'],
    ['active', reading, 'read'],
    ['retrying', daily, 'refresh'],
    ['retrying', reading, 'read'],
  ] as const)('does it: %s, %j', (state, rhythm, kind) => {
    expect(decideSync({ ...due, state }, NOON, rhythm, NOON).kind).toBe(kind);
  });

  it('asks the bank at the turn that is nearest to its time, and only reads before', () => {
    const decisions = [1, 20, 21, 24, 300].map((hours) =>
      decideSync({ ...due, state: 'active', dataAsOf: at(-hours * HOUR) }, NOON, daily, NOON),
    );
    const [fresh, old] = [
      { kind: 'read', reason: 'fresh' },
      { kind: 'refresh', reason: 'scheduled' },
    ];
    expect(decisions).toEqual([fresh, fresh, old, old, old]);
    expect(decideSync({ ...due, state: 'active', dataAsOf: null }, NOON, daily, NOON)).toEqual(old);
  });

  it.each(['reauth_required', 'blocked', 'failed', 'deleting', 'deleted', 'awaiting_user', 'syncing'] as const)(
    'never touches a connection that is %s',
    (state) => {
      expect(decideSync({ ...due, state }, NOON, daily, NOON).kind).toBe('skip');
    },
  );

  it('skips what is paused, and what was done or planned anew since', () => {
    const active = { ...due, state: 'active' } as const;
    expect(decideSync({ ...active, syncPausedAt: NOON }, NOON, daily, NOON)).toEqual({
      kind: 'skip',
      reason: 'paused',
    });
    for (const nextSyncAt of [null, at(1)]) {
      expect(decideSync({ ...active, nextSyncAt }, NOON, daily, NOON)).toEqual({ kind: 'skip', reason: 'not_due' });
    }
  });
});

describe('syncRhythm and isReadBySync', () => {
  const policy = { refreshEveryMs: DAY, readEveryMs: 6 * HOUR };

  it('asks the bank only where we may without the user', () => {
    expect(syncRhythm({ refresh: 'on_demand' }, policy)).toEqual(daily);
    expect(syncRhythm({ refresh: 'on_demand' }, { ...policy, refreshEveryMs: HOUR })).toMatchObject({ everyMs: HOUR });
    expect(syncRhythm({ refresh: 'by_provider' }, policy)).toEqual(reading);
    expect(syncRhythm({ refresh: 'user_present' }, policy)).toEqual(reading);
  });

  it('needs no other reading only while healthy, planned, not paused and read by the sync', () => {
    const planned = connection({ nextSyncAt: at(1) });
    expect(isReadBySync(planned, reading)).toBe(true);
    expect(isReadBySync(planned, daily)).toBe(true);
    expect(isReadBySync(planned, null)).toBe(false);
    expect(isReadBySync({ ...planned, syncPausedAt: NOON }, reading)).toBe(false);
    expect(isReadBySync({ ...planned, nextSyncAt: null }, reading)).toBe(false);
    expect(isReadBySync({ ...planned, state: 'blocked' }, reading)).toBe(false);
  });
});
