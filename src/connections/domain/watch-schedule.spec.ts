import { at, connection, NOON } from '../../../test/factories/connection.factory.js';
import { MOVING_STATES } from './connection-state.js';
import {
  nextLook,
  nextWatchAt,
  retryAfterFailures,
  retryAgain,
  SETTLED_WATCH_MS,
  SLOWEST_WATCH_MS,
} from './watch-schedule.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('nextWatchAt', () => {
  it.each(MOVING_STATES)('reads %s again after one second, slowing down to ten', (state) => {
    const pauses = [-5000, 0, 10_000, 50_000, 100_000, HOUR].map((age) => {
      const next = nextWatchAt(connection({ state, stateSince: at(-age), retryAt: null }), NOON);
      return (next?.getTime() ?? 0) - NOON.getTime();
    });
    expect(pauses).toEqual([1000, 1000, 1000, 5000, SLOWEST_WATCH_MS, SLOWEST_WATCH_MS]);
  });

  it('reads a retrying connection at its retry time', () => {
    expect(nextWatchAt(connection({ state: 'retrying', stateSince: NOON, retryAt: at(5) }), NOON)).toEqual(at(5));
  });

  it.each(['active', 'reauth_required', 'blocked'] as const)('reads %s every six hours', (state) => {
    expect(nextWatchAt(connection({ state, stateSince: at(-HOUR), retryAt: null }), NOON)).toEqual(
      at(SETTLED_WATCH_MS),
    );
  });

  it.each(['reauth_required', 'blocked'] as const)(
    'reads %s soon while its cause is unknown: the detail may have been unreadable for a moment',
    (state) => {
      const pauses = [0, 20 * MINUTE, 900 * HOUR].map((age) => {
        const next = nextWatchAt(connection({ state, cause: 'unknown', stateSince: at(-age), retryAt: null }), NOON);
        return (next?.getTime() ?? 0) - NOON.getTime();
      });
      expect(pauses).toEqual([MINUTE, 20 * MINUTE, SETTLED_WATCH_MS]);
    },
  );

  it.each(['failed', 'deleting', 'deleted'] as const)('lets %s rest', (state) => {
    expect(nextWatchAt(connection({ state, stateSince: at(-HOUR), retryAt: at(5) }), NOON)).toBeNull();
  });
});

describe('retryAfterFailures', () => {
  it.each([
    [1, MINUTE],
    [2, 2 * MINUTE],
    [3, 4 * MINUTE],
    [9, 256 * MINUTE],
    [10, 6 * HOUR],
    [1000, 6 * HOUR],
  ])('after %i failures', (failures, pause) => {
    expect(retryAfterFailures(failures, NOON)).toEqual(at(pause));
  });
});

describe('retryAgain', () => {
  it.each([
    ['the pause of the failures at first', 0, 2, 2 * MINUTE],
    ['at least a minute, also without a failure', 0, 0, MINUTE],
    ['as long again as it has lasted', 20 * MINUTE, 2, 20 * MINUTE],
    ['at most six hours', 900 * HOUR, 99, 6 * HOUR],
  ])('waits %s', (_what, lasted, consecutiveFailures, pause) => {
    expect(retryAgain({ stateSince: at(-lasted), consecutiveFailures }, NOON)).toEqual(at(pause));
  });

  it('looks at trouble of a day a few times, not every minute', () => {
    let now = at(MINUTE);
    let looks = 0;
    for (; now < at(24 * HOUR); looks += 1) now = retryAgain({ stateSince: NOON, consecutiveFailures: 1 }, now);
    expect(looks).toBe(12);
  });
});

describe('nextLook', () => {
  it('follows a moving connection at its pace', () => {
    const moving = { state: 'syncing', cause: 'none', stateSince: at(-50_000), consecutiveFailures: 4 } as const;
    expect(nextLook(moving, NOON)).toEqual(at(5000));
  });

  it('backs off from everything else', () => {
    const retrying = {
      state: 'retrying',
      cause: 'bank_unavailable',
      stateSince: at(-8 * MINUTE),
      consecutiveFailures: 1,
    } as const;
    expect(nextLook(retrying, NOON)).toEqual(at(8 * MINUTE));
    expect(nextLook({ ...retrying, consecutiveFailures: 5 }, NOON)).toEqual(at(16 * MINUTE));
  });
});
