import type { Capabilities } from '../../credentials/capabilities.js';
import type { Connection } from './connection.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * How a provider is kept up to date without the user. `refresh`: we ask it to fetch from the bank, which costs quota.
 * `read`: it fetches by itself, or may only fetch with the user there, and we read what it has.
 */
export interface SyncRhythm {
  readonly kind: 'refresh' | 'read';
  /** Milliseconds from one sync to the next. */
  readonly everyMs: number;
}

/** Milliseconds between two syncs, by kind. */
export interface SyncPolicy {
  readonly refreshEveryMs: number;
  readonly readEveryMs: number;
}

export function syncRhythm({ refresh }: Pick<Capabilities, 'refresh'>, policy: SyncPolicy): SyncRhythm {
  return refresh === 'on_demand'
    ? { kind: 'refresh', everyMs: policy.refreshEveryMs }
    : { kind: 'read', everyMs: policy.readEveryMs };
}

/** Further refreshes after a failed one: a refresh costs quota, so the pauses grow quickly. Readings go on meanwhile. */
const REFRESH_AGAIN_MS = [15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR] as const;

/**
 * The next turn of a connection. Each has its own place in the rhythm, drawn from its id, so that a million
 * connections are spread evenly, also after they were all created or all failed at the same moment.
 */
export function nextTurn({ id }: Pick<Connection, 'id'>, { everyMs }: Pick<SyncRhythm, 'everyMs'>, now: Date): Date {
  const place = Math.floor((Number.parseInt(id.slice(-8), 16) / 2 ** 32) * everyMs);
  const last = Math.floor((now.getTime() - place) / everyMs) * everyMs + place;
  const next = last + everyMs;
  return new Date(next - now.getTime() < everyMs / 4 ? next + everyMs : next);
}

/** When a refresh that failed `failures` times in a row is tried again. */
export function refreshAgain(failures: number, now: Date): Date {
  const step = REFRESH_AGAIN_MS[Math.min(failures, REFRESH_AGAIN_MS.length) - 1] ?? REFRESH_AGAIN_MS[0];
  return new Date(now.getTime() + step);
}

/**
 * What an applied observation makes of the plan.
 * @param before the connection as it was, @param next as it will be, without the plan.
 */
export function plannedSync(before: Connection, next: Connection, rhythm: SyncRhythm | null, now: Date): Date | null {
  if (!rhythm) return null;
  if (next.state === 'active') {
    // Reading is the sync of a provider that fetches by itself; a refresh that is due must not be lost to a reading.
    const isDone = before.state !== 'active' || before.nextSyncAt === null || rhythm.kind === 'read';
    return isDone ? nextTurn(next, rhythm, now) : before.nextSyncAt;
  }
  if (next.state !== 'retrying' || rhythm.kind === 'read') return null;
  const failedAgain = before.state !== 'retrying' || next.consecutiveFailures > before.consecutiveFailures;
  if (!failedAgain && before.nextSyncAt) return before.nextSyncAt;
  const again = refreshAgain(Math.max(1, next.consecutiveFailures), now);
  return next.retryAt && next.retryAt > again ? next.retryAt : again;
}

/** Is the sync the reading, so that no other one is needed while the connection is healthy? */
export function isReadBySync(
  { state, nextSyncAt, syncPausedAt }: Pick<Connection, 'state' | 'nextSyncAt' | 'syncPausedAt'>,
  rhythm: SyncRhythm | null,
): boolean {
  return state === 'active' && nextSyncAt !== null && syncPausedAt === null && rhythm?.kind === 'read';
}

export type SyncDecision =
  | { readonly kind: 'refresh'; readonly reason: 'scheduled' | 'retry' }
  | { readonly kind: 'read'; readonly reason: 'scheduled' }
  | { readonly kind: 'skip'; readonly reason: 'not_due' | 'paused' | 'needs_the_user' | 'moving' | 'over' };

/** What a planned sync does now. The plan may be old: what it was made for may have changed. */
export function decideSync(
  connection: Pick<Connection, 'state' | 'nextSyncAt' | 'syncPausedAt'>,
  plannedFor: Date,
  rhythm: SyncRhythm,
): SyncDecision {
  if (connection.syncPausedAt !== null) return { kind: 'skip', reason: 'paused' };
  if (connection.nextSyncAt?.getTime() !== plannedFor.getTime()) return { kind: 'skip', reason: 'not_due' };
  switch (connection.state) {
    case 'active':
      return { kind: rhythm.kind, reason: 'scheduled' };
    case 'retrying':
      return rhythm.kind === 'refresh' ? { kind: 'refresh', reason: 'retry' } : { kind: 'read', reason: 'scheduled' };
    case 'reauth_required':
    case 'blocked':
      return { kind: 'skip', reason: 'needs_the_user' };
    case 'pending':
    case 'authenticating':
    case 'awaiting_user':
    case 'syncing':
      return { kind: 'skip', reason: 'moving' };
    case 'failed':
    case 'deleting':
    case 'deleted':
      return { kind: 'skip', reason: 'over' };
  }
}
