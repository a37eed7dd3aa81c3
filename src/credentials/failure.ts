import type { Observation } from './observation.js';

/** Why a provider could not do what was asked. Stable: they reach the REST API as `code`. */
export const PROVIDER_FAILURE_CODES = [
  'credential.not_found',
  'credential.duplicate',
  'credential.invalid_login',
  'credential.invalid_input',
  'credential.not_refreshable',
  'credential.busy',
  'challenge.none',
  'challenge.expired',
  'challenge.unknown_field',
  'institution.unknown',
  'statement.not_found',
  'provider_user.not_found',
  'provider_user.duplicate',
  'authorization.invalid_code',
  'authorization.invalid_scope',
  'capability_unsupported',
  'provider.unavailable',
  'provider.timeout',
  'provider.aborted',
  'provider.rate_limited',
  'provider.bad_response',
  'provider.misconfigured',
  'provider.disabled',
] as const;
export type ProviderFailureCode = (typeof PROVIDER_FAILURE_CODES)[number];

export interface ProviderFailure {
  readonly code: ProviderFailureCode;
  /** One sentence in our words. Never a provider's text, a secret or an id. */
  readonly message: string;
  /** False = the provider certainly did nothing. True = it may have acted: read its truth before a repeat. */
  readonly mayHaveHappened: boolean;
  /** Earliest time at which a repeat makes sense. */
  readonly retryAt?: Date;
  /** What the refusal says of the credential, where it says something. */
  readonly observation?: Observation;
  /** RFC 6901 pointer into the caller's request, for `credential.invalid_input` and `challenge.unknown_field`. */
  readonly pointer?: string;
  /** What to do instead, for `capability_unsupported`: a path of our API or a capability. */
  readonly instead?: string;
  /** Facts for the operator: `httpStatus`, `providerErrorCode`, `providerRequestId`. Never a body. */
  readonly evidence?: Readonly<Record<string, string | number>>;
}
