import type { Challenge } from './challenge.js';
import type { SecretValue } from './secret-value.js';

/** What a provider can say of a credential. `deleting` is ours alone, so it is not among them. */
export const OBSERVED_STATES = [
  'pending',
  'authenticating',
  'awaiting_user',
  'syncing',
  'active',
  'retrying',
  'reauth_required',
  'blocked',
  'failed',
  'deleted',
] as const;
export type ObservedState = (typeof OBSERVED_STATES)[number];

/** Why a connection is in its state. */
export const CAUSES = [
  'none',
  'first_load',
  'user_interaction',
  'wrong_credentials',
  'credentials_changed',
  'sca_required',
  'consent_expired',
  'consent_revoked',
  'challenge_failed',
  'challenge_expired',
  'user_cancelled',
  'account_locked_at_bank',
  'act_at_bank',
  'no_accounts',
  'bank_unavailable',
  'provider_unavailable',
  'rate_limited',
  'institution_disabled',
  'unsupported_method',
  'permanent',
  'unknown',
] as const;
export type Cause = (typeof CAUSES)[number];

/** One reading of a credential in the field's words, made by a provider's pure `transform`. */
export interface Observation {
  readonly state: ObservedState;
  readonly cause: Cause;
  /** The provider's own word, unchanged; never a secret. The first 100 characters are kept. */
  readonly providerStatus: string;
  /** The provider's time of this status. `null` = it gives none, or this is only our call being accepted. */
  readonly providerStatusAt: Date | null;
  /** Present when, and only when, `state` is `awaiting_user`. */
  readonly challenge?: Challenge;
  /** End of the user's consent at the bank. `null` = none given; absent = this answer does not say. */
  readonly consentExpiresAt?: Date | null;
  /** The provider's time of the last good data. Absent = this answer does not say. */
  readonly dataAsOf?: Date | null;
  /** Groups of data that failed in the last fetch. Absent = this answer does not say. */
  readonly degradedGroups?: readonly string[];
  /** When the provider asked to be called again. */
  readonly retryAt?: Date;
  /** The provider's id of the credential, where this answer is the first to tell it or tells a new one. */
  readonly credentialId?: SecretValue;
  /**
   * The provider's handle on the work that is going on (Flinks RequestId). Kept while the state is a moving one, and
   * handed back in `CredentialRef`.
   */
  readonly sessionRef?: SecretValue;
}
