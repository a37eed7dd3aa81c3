import type { SecretValue } from '../credentials/secret-value.js';
import { isUniqueViolation } from '../platform/database/database-errors.js';
import { Failure } from '../platform/errors/failure.js';
import type { Connection } from './domain/connection.js';
import type { Evidence, NewConnectionEvent } from './domain/connection-event.js';
import type { Origin } from './origin.js';

/** The credential that takes the place of a connection's own, at the same provider or another one. */
export interface Successor extends Pick<Connection, 'provider' | 'institutionId' | 'institutionName' | 'fingerprint'> {
  readonly credentialId: SecretValue;
  /** The connection as it was when this was decided. */
  readonly replaces: Connection;
}

/**
 * The connection with its new credential, before anything is observed of it. What was known of the old one's status,
 * consent and failures says nothing of the new one; history, freshness and a pause stay.
 */
export function succeeded(found: Connection, successor: Successor, now: Date): Connection {
  const { replaces: _replaces, ...identity } = successor;
  return {
    ...found,
    ...identity,
    ...{ sessionRef: null, challenge: null, providerStatusAt: null, retryAt: null },
    ...{ consentExpiresAt: null, consentRenewableFrom: null, degradedGroups: [] },
    ...{ nextSyncAt: null, nextWatchAt: null, consecutiveFailures: 0, wrongLoginCount: 0 },
    // A status of the new one is not judged by how long the old one hung in it.
    stateSince: now,
  };
}

/** Another credential is always a line of the history, also when the state stays. */
export function successionEvent(
  found: Connection,
  next: Connection,
  origin: Origin,
  evidence: Evidence = {},
): NewConnectionEvent {
  return {
    at: next.updatedAt,
    providerAt: next.providerStatusAt,
    from: found.state,
    to: next.state,
    cause: next.cause,
    ...origin,
    evidence: { providerStatus: next.providerStatus, ...evidence },
  };
}

/** Is what was learnt of `known` about another credential than the one that is there now? */
export function hasChangedHands(known: Connection | undefined, found: Connection): boolean {
  if (!known || known.version === found.version) return false;
  return known.provider !== found.provider || !isSameCredential(known.credentialId, found.credentialId);
}

export function isSameCredential(one: SecretValue | null, other: SecretValue | null): boolean {
  if (one === other) return true;
  const why = 'to tell whether it is the same credential';
  return one !== null && other !== null && one.reveal(why) === other.reveal(why);
}

/** The indexes that keep two connections from having one login or one credential. */
const ONE_CONNECTION = ['connections_credential_live', 'connections_fingerprint_live'];

/** @throws Failure `connection.duplicate` for a login or credential that another connection has; else the error itself */
export function refuseTaken(error: unknown): never {
  if (!ONE_CONNECTION.some((index) => isUniqueViolation(error, index))) throw error;
  throw new Failure('connection.duplicate', { detail: 'This login is connected already.', cause: error });
}
