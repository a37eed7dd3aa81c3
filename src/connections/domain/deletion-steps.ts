import type { Observation } from '../../credentials/observation.js';
import type { Connection } from './connection.js';
import { DELETION_GOES_ON_MS, DELETION_WATCH_MS } from './watch-schedule.js';

/** The handle on running work stays: of a login that a provider still works on, only that tells what must be deleted. */
export function deletionStarted(connection: Connection, now: Date): Connection {
  return {
    ...connection,
    state: 'deleting',
    cause: 'none',
    stateSince: connection.state === 'deleting' ? connection.stateSince : now,
    challenge: null,
    retryAt: null,
    nextSyncAt: null,
    nextWatchAt: new Date(now.getTime() + DELETION_WATCH_MS),
    updatedAt: now,
  };
}

/**
 * A call that was under way when the deletion began may bring another credential than the one that is known. The
 * deletion is of that one too, and goes on at once. `null` = there is nothing of the kind.
 */
export function arrivedWhileDeleting(connection: Connection, brought: Observation, now: Date): Connection | null {
  const { credentialId, sessionRef = null } = brought;
  if (connection.state !== 'deleting' || !credentialId) return null;
  const nextWatchAt = new Date(now.getTime() + DELETION_GOES_ON_MS);
  return { ...connection, credentialId, sessionRef, nextWatchAt, updatedAt: now };
}

/** A deleted connection keeps its story and nothing that opens anything. */
export function buried(connection: Connection, now: Date): Connection {
  return {
    ...connection,
    credentialId: null,
    fingerprint: null,
    nextWatchAt: null,
    consentRenewableFrom: null,
    deletedAt: now,
  };
}
