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
const daily: SyncRhythm = { kind: 'refresh', everyMs: DAY };
const reading: SyncRhythm = { kind: 'read', everyMs: 6 * HOUR };

/** Ids as they are: a time first, then random bits. */
const idOf = (n: number): string =>
  `0199aaaa-0000-7000-8000-0000${((n * 2654435761) >>> 0).toString(16).padStart(8, '0')}`;

describe('nextTurn', () => {
  const turns = Array.from({ length: 2_000 }, (_, n) => nextTurn({ id: idOf(n) }, daily, NOON).getTime());

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
    const first = nextTurn({ id: idOf(7) }, daily, NOON);
    const second = nextTurn({ id: idOf(7) }, daily, first);
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
    expect(plannedSync(active, connection(), daily, NOON)).toEqual(due);
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
  const due = { nextSyncAt: NOON, syncPausedAt: null };

  it.each([
    ['active', daily, 'refresh'],
    ['active', reading, 'read'],
    ['retrying', daily, 'refresh'],
    ['retrying', reading, 'read'],
  ] as const)('does it: %s, %j', (state, rhythm, kind) => {
    expect(decideSync({ ...due, state }, NOON, rhythm).kind).toBe(kind);
  });

  it.each(['reauth_required', 'blocked', 'failed', 'deleting', 'deleted', 'awaiting_user', 'syncing'] as const)(
    'never touches a connection that is %s',
    (state) => {
      expect(decideSync({ ...due, state }, NOON, daily).kind).toBe('skip');
    },
  );

  it('skips what is paused, and what was done or planned anew since', () => {
    const active = { ...due, state: 'active' } as const;
    expect(decideSync({ ...active, syncPausedAt: NOON }, NOON, daily)).toEqual({ kind: 'skip', reason: 'paused' });
    for (const nextSyncAt of [null, at(1)]) {
      expect(decideSync({ ...active, nextSyncAt }, NOON, daily)).toEqual({ kind: 'skip', reason: 'not_due' });
    }
  });
});

describe('syncRhythm and isReadBySync', () => {
  const policy = { refreshEveryMs: DAY, readEveryMs: 6 * HOUR };

  it('asks the bank only where we may without the user', () => {
    expect(syncRhythm({ refresh: 'on_demand' }, policy)).toEqual(daily);
    expect(syncRhythm({ refresh: 'by_provider' }, policy)).toEqual(reading);
    expect(syncRhythm({ refresh: 'user_present' }, policy)).toEqual(reading);
  });

  it('needs no other reading only while healthy, planned, not paused and read by the sync', () => {
    const planned = connection({ nextSyncAt: at(1) });
    expect(isReadBySync(planned, reading)).toBe(true);
    expect(isReadBySync(planned, daily)).toBe(false);
    expect(isReadBySync(planned, null)).toBe(false);
    expect(isReadBySync({ ...planned, syncPausedAt: NOON }, reading)).toBe(false);
    expect(isReadBySync({ ...planned, nextSyncAt: null }, reading)).toBe(false);
    expect(isReadBySync({ ...planned, state: 'blocked' }, reading)).toBe(false);
  });
});
