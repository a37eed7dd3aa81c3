import type { Challenge } from '../../credentials/challenge.js';
import type { Cause } from '../../credentials/observation.js';
import type { ProviderId } from '../../credentials/provider-id.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import type { ConnectionState } from './connection-state.js';

/** One user's link to one institution. `id` outlives every credential behind it. */
export interface Connection extends ConnectionIdentity, StateClock, ConsentClock, FreshnessClock, Work {
  readonly credentialId: SecretValue | null;
  /** The provider's handle on the work that is going on; only while the state is a moving one. */
  readonly sessionRef: SecretValue | null;
  /** Keyed hash of provider, institution and login; `null` = the login is not known to us. */
  readonly fingerprint: string | null;
  /** Set when, and only when, `state` is `awaiting_user`. */
  readonly challenge: Challenge | null;
  /** Counts writes of the row. */
  readonly version: number;
  /** Counts claims; a write that carries an older one is refused. */
  readonly fence: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
}

export interface ConnectionIdentity {
  readonly id: string;
  readonly userId: string;
  readonly externalUserId: string;
  readonly provider: ProviderId;
  readonly institutionId: string;
  readonly institutionName: string;
  /** The caller's own label. */
  readonly reference: string | null;
}

export interface StateClock {
  readonly state: ConnectionState;
  readonly cause: Cause;
  readonly stateSince: Date;
  readonly providerStatus: string;
  readonly providerStatusAt: Date | null;
}

export interface ConsentClock {
  /** `null` = the provider gives none. */
  readonly consentExpiresAt: Date | null;
  readonly consentRenewableFrom: Date | null;
}

export interface FreshnessClock {
  readonly dataAsOf: Date | null;
  readonly degradedGroups: readonly string[];
}

export interface Work {
  readonly lastAttemptAt: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly nextSyncAt: Date | null;
  /** When the provider's state is read again without anybody asking. */
  readonly nextWatchAt: Date | null;
  readonly retryAt: Date | null;
  readonly consecutiveFailures: number;
  readonly wrongLoginCount: number;
  readonly syncPausedAt: Date | null;
}
