import { isMoving, type ConnectionState } from './connection-state.js';
import type { Connection } from './connection.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** All readers of one connection in all processes together cause at most one provider call in this time. */
export const READING_GAP_MS = SECOND;
/** Longest pause between two readings of a moving connection. */
export const SLOWEST_WATCH_MS = 10 * SECOND;
/** Between two readings of a settled connection. */
export const SETTLED_WATCH_MS = 6 * 60 * MINUTE;
/** Whoever begins a deletion asks the provider itself; the watch only goes on with what was cut short. */
export const DELETION_WATCH_MS = 40 * SECOND;
/** What a call brought that the deletion waited for is asked for next. */
export const DELETION_GOES_ON_MS = SECOND;
const SETTLED: readonly ConnectionState[] = ['active', 'reauth_required', 'blocked'];
const FIRST_RETRY_MS = MINUTE;
const LONGEST_RETRY_MS = 6 * 60 * MINUTE;

type Watched = Pick<Connection, 'state' | 'cause' | 'stateSince' | 'consecutiveFailures'>;

/**
 * Moving: 1 s after the last change, growing to 10 s. Retrying: at its retry time. Settled: every six hours, for what
 * changes at the provider without us; sooner while nobody knows why it stopped. Reading a status is no attempt at the
 * bank. Failed and deleted: never.
 */
export function nextWatchAt(connection: Watched & Pick<Connection, 'retryAt'>, now: Date): Date | null {
  if (isMoving(connection.state)) {
    const age = now.getTime() - connection.stateSince.getTime();
    return new Date(now.getTime() + Math.min(SLOWEST_WATCH_MS, Math.max(SECOND, age / 10)));
  }
  if (connection.state === 'retrying') return connection.retryAt;
  if (!SETTLED.includes(connection.state)) return null;
  // The reason of an error is a call of its own at some providers, and may have failed.
  return connection.cause === 'unknown' ? retryAgain(connection, now) : new Date(now.getTime() + SETTLED_WATCH_MS);
}

/** When to look again after a reading that said nothing new. */
export function nextLook(connection: Watched, now: Date): Date {
  return nextWatchAt({ ...connection, retryAt: null }, now) ?? retryAgain(connection, now);
}

/** 1 min, 2 min, 4 min … at most 6 h. */
export function retryAfterFailures(failures: number, now: Date): Date {
  const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20));
  return new Date(now.getTime() + pause);
}

/** When to look at trouble that is still the same: the pause doubles with the time that it has lasted, at most 6 h. */
export function retryAgain(connection: Pick<Connection, 'stateSince' | 'consecutiveFailures'>, now: Date): Date {
  const lasted = Math.min(LONGEST_RETRY_MS, now.getTime() - connection.stateSince.getTime());
  const pause = retryAfterFailures(Math.max(1, connection.consecutiveFailures), now).getTime() - now.getTime();
  return new Date(now.getTime() + Math.max(pause, lasted));
}
