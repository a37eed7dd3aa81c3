import type { ProviderFailureCode } from '../../credentials/failure.js';
import type { Cause, ObservedState } from '../../credentials/observation.js';
import type { FlinksCode } from './flinks.types.js';

/** The part of an observation that a code decides. */
export interface Reading {
  readonly state: ObservedState;
  readonly cause: Cause;
}

/** What a code says. It may come with any HTTP status: RETRY_LATER, a bank that is down, is a 401. */
export interface Meaning {
  /** Of a stored credential; `null` = the code is about the call alone. */
  readonly reading: Reading | null;
  /** Where there is no credential that could have a state, or the code is about the call. */
  readonly failure: ProviderFailureCode;
}

const of = (state: ObservedState, cause: Cause, failure: ProviderFailureCode): Meaning => ({
  reading: { state, cause },
  failure,
});
const call = (failure: ProviderFailureCode): Meaning => ({ reading: null, failure });

const WRONG_LOGIN = of('blocked', 'wrong_credentials', 'credential.invalid_login');
const ANSWER_REFUSED = of('reauth_required', 'challenge_failed', 'challenge.none');
const BANK_DOWN = of('retrying', 'bank_unavailable', 'provider.unavailable');
const FLINKS_DOWN = of('retrying', 'provider_unavailable', 'provider.unavailable');
const BUSY = of('retrying', 'provider_unavailable', 'credential.busy');
const WORKING = of('syncing', 'none', 'credential.busy');
const FINE = of('active', 'none', 'provider.bad_response');

export const MEANINGS: Readonly<Record<FlinksCode, Meaning>> = {
  OK: FINE,
  CREATED: FINE,
  NO_TRANSACTION: FINE,
  OPERATION_PENDING: WORKING,
  OPERATION_DISPATCHED: WORKING,
  SESSION_NONEXISTENT: FLINKS_DOWN,
  SESSION_EXPIRED: FLINKS_DOWN,
  CARD_IN_USE: BUSY,
  CONCURRENT_SESSION: BUSY,
  INVALID_LOGIN: WRONG_LOGIN,
  INVALID_USERNAME: WRONG_LOGIN,
  INVALID_PASSWORD: WRONG_LOGIN,
  INVALID_REQUEST: call('credential.invalid_input'),
  ACCESS_DENIED: call('provider.misconfigured'),
  // With a fresh authorize token it is the bank that refuses; without one see `refusedReading`.
  UNAUTHORIZED: of('blocked', 'act_at_bank', 'provider.misconfigured'),
  INVALID_SECURITY_RESPONSE: ANSWER_REFUSED,
  INVALID_SECURITY_RESPONSE_NO_RETRY: ANSWER_REFUSED,
  SECURITYRESPONSES_INCOMPLETE: of('reauth_required', 'challenge_failed', 'credential.invalid_input'),
  UNKNOWN_CHALLENGE_KEY: call('challenge.unknown_field'),
  ALREADY_AUTHORIZED: call('challenge.none'),
  QUESTION_NOT_FOUND: of('reauth_required', 'sca_required', 'credential.not_refreshable'),
  RETRY_LATER: BANK_DOWN,
  BANK_MAINTENANCE_RETRY_LATER: BANK_DOWN,
  TOO_MANY_REQUESTS: call('provider.rate_limited'),
  DISABLED_LOGIN: of('blocked', 'account_locked_at_bank', 'credential.invalid_login'),
  NEW_ACCOUNT: of('blocked', 'act_at_bank', 'credential.invalid_login'),
  DISABLED_INSTITUTION: of('retrying', 'institution_disabled', 'provider.unavailable'),
  AGGREGATION_ERROR: FLINKS_DOWN,
  METHOD_NOT_AVAILABLE: call('provider.misconfigured'),
};

/** A code that is not documented: nobody's fault until somebody has looked. */
export const UNKNOWN_CODE: Meaning = of('retrying', 'unknown', 'provider.bad_response');
