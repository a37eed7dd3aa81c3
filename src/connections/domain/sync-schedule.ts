import type { Capabilities } from '../../credentials/capabilities.js';
import type { Connection } from './connection.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How a provider is kept up to date without the user. Times are in milliseconds. */
export type SyncRhythm =
  /** It fetches by itself, or may only fetch with the user there: we read what it has. */
  | { readonly kind: 'read'; readonly everyMs: number }
  /** We may ask it to fetch from the bank, which costs quota: it is read every time, and asked when its data is old. */
  | { readonly kind: 'refresh'; readonly everyMs: number; readonly refreshEveryMs: number };

/** Milliseconds between two syncs, by kind. */
export interface SyncPolicy {
  readonly refreshEveryMs: number;
  readonly readEveryMs: number;
}

export function syncRhythm({ refresh }: Pick<Capabilities, 'refresh'>, policy: SyncPolicy): SyncRhythm {
  const { refreshEveryMs, readEveryMs } = policy;
  return refresh === 'on_demand'
    ? { kind: 'refresh', everyMs: Math.min(readEveryMs, refreshEveryMs), refreshEveryMs }
    : { kind: 'read', everyMs: readEveryMs };
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
    // Reading is the sync of what is fresh; a refresh that is due must not be lost to a reading.
    const turn = before.state === 'active' ? before.nextSyncAt : null;
    return turn && isOld(next, rhythm, turn > now ? turn : now) ? turn : nextTurn(next, rhythm, now);
  }
  if (next.state !== 'retrying' || rhythm.kind === 'read') return null;
  const failedAgain = before.state !== 'retrying' || next.consecutiveFailures > before.consecutiveFailures;
  if (!failedAgain && before.nextSyncAt) return before.nextSyncAt;
  const again = refreshAgain(Math.max(1, next.consecutiveFailures), now);
  return next.retryAt && next.retryAt > again ? next.retryAt : again;
}

/**
 * Data that is newer needs no attempt at the bank: somebody has seen to it, e.g. the provider itself at night.
 * @returns `null` where the bank is never asked
 */
export function freshSince(rhythm: SyncRhythm, at: Date): Date | null {
  // The bank is asked at the turn that is nearest to its time.
  return rhythm.kind === 'read' ? null : new Date(at.getTime() - rhythm.refreshEveryMs + rhythm.everyMs / 2);
}

function isOld({ dataAsOf }: Pick<Connection, 'dataAsOf'>, rhythm: SyncRhythm, at: Date): boolean {
  const since = freshSince(rhythm, at);
  return since !== null && (dataAsOf === null || dataAsOf <= since);
}

/** Every sync reads, so that no other reading is needed while the connection is healthy. */
export function isReadBySync(
  { state, nextSyncAt, syncPausedAt }: Pick<Connection, 'state' | 'nextSyncAt' | 'syncPausedAt'>,
  rhythm: SyncRhythm | null,
): boolean {
  return state === 'active' && nextSyncAt !== null && syncPausedAt === null && rhythm !== null;
}

export type SyncDecision =
  | { readonly kind: 'refresh'; readonly reason: 'scheduled' | 'retry' }
  | { readonly kind: 'read'; readonly reason: 'scheduled' | 'fresh' }
  | { readonly kind: 'skip'; readonly reason: 'not_due' | 'paused' | 'needs_the_user' | 'moving' | 'over' };

/** What a planned sync does now. The plan may be old: what it was made for may have changed. */
export function decideSync(
  connection: Pick<Connection, 'state' | 'nextSyncAt' | 'syncPausedAt' | 'dataAsOf'>,
  plannedFor: Date,
  rhythm: SyncRhythm,
  now: Date,
): SyncDecision {
  if (connection.syncPausedAt !== null) return { kind: 'skip', reason: 'paused' };
  if (connection.nextSyncAt?.getTime() !== plannedFor.getTime()) return { kind: 'skip', reason: 'not_due' };
  switch (connection.state) {
    case 'active':
      if (rhythm.kind === 'read') return { kind: 'read', reason: 'scheduled' };
      return isOld(connection, rhythm, now)
        ? { kind: 'refresh', reason: 'scheduled' }
        : { kind: 'read', reason: 'fresh' };
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
