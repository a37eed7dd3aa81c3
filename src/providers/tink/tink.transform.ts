import type { CredentialSnapshot } from '../../credentials/credentials.service.js';
import type { Cause, Observation, ObservedState } from '../../credentials/observation.js';
import { Opened } from '../../platform/crypto/opened.js';
import { identityOf } from './tink-login-identity.js';
import { readSupplemental } from './tink-supplemental.js';
import { knownStatus, type TinkCredentials, type TinkDetailedError, type TinkStatus } from './tink.types.js';

/** The part of an observation that the status decides. */
type Reading = Pick<Observation, 'state' | 'cause' | 'challenge'>;

const SUPPLEMENTAL_MS = 2 * 60_000;
const THIRD_PARTY_MS = 9 * 60_000;

/**
 * @param detail from provider-consents, where the status is an error and the read succeeded.
 * @returns `undefined` when the credential asks the user something that cannot be read.
 */
export function toSnapshot(
  credentials: TinkCredentials,
  detail: TinkDetailedError | null,
): CredentialSnapshot | undefined {
  const observation = toObservation(credentials, detail);
  return (
    observation && {
      credentialId: new Opened(credentials.id),
      institutionId: credentials.providerName,
      loginIdentity: identityOf(credentials.fields),
      observation,
    }
  );
}

export function toObservation(credentials: TinkCredentials, detail: TinkDetailedError | null): Observation | undefined {
  const status = knownStatus(credentials.status);
  const reading = status ? read(status, credentials, detail) : UNKNOWN;
  if (reading === 'nonsense') return undefined;
  const { updated, sessionExpiryDate } = credentials;
  return {
    ...reading,
    providerStatus: credentials.status,
    providerStatusAt: credentials.statusUpdated,
    ...(sessionExpiryDate !== undefined && { consentExpiresAt: sessionExpiryDate }),
    ...(updated !== undefined && { dataAsOf: updated }),
  };
}

/** What is known when Tink has taken a call and not yet acted on it: it answers 204 and no status. */
export function accepted(): Observation {
  return { state: 'authenticating', cause: 'none', providerStatus: 'ACCEPTED', providerStatusAt: null };
}

/** Keep looking: Tink may add words, and its own clients go on polling. The caller's limit in time ends it. */
const UNKNOWN: Reading = { state: 'syncing', cause: 'unknown' };
const WAIT: Reading = { state: 'authenticating', cause: 'none' };

function read(
  status: TinkStatus,
  credentials: TinkCredentials,
  detail: TinkDetailedError | null,
): Reading | 'nonsense' {
  switch (status) {
    case 'CREATED':
      return credentials.updated ? WAIT : { state: 'pending', cause: 'first_load' };
    case 'AUTHENTICATING':
      return WAIT;
    case 'AWAITING_SUPPLEMENTAL_INFORMATION':
      return awaiting(credentials, SUPPLEMENTAL_MS);
    case 'AWAITING_THIRD_PARTY_APP_AUTHENTICATION':
      return awaiting(credentials, THIRD_PARTY_MS);
    case 'AWAITING_MOBILE_BANKID_AUTHENTICATION':
      return awaitingBankId(credentials);
    case 'UPDATING':
      return { state: 'syncing', cause: 'none' };
    case 'UPDATED':
      return { state: 'active', cause: 'none' };
    case 'SESSION_EXPIRED':
      return { state: 'reauth_required', cause: 'consent_expired' };
    case 'DELETED':
      return { state: 'deleted', cause: 'none' };
    case 'TEMPORARY_ERROR':
    case 'AUTHENTICATION_ERROR':
    case 'PERMANENT_ERROR':
      return readingOfError(status, detail);
  }
}

function awaiting(credentials: TinkCredentials, limitMs: number): Reading | 'nonsense' {
  const expiresAt = new Date(credentials.statusUpdated.getTime() + limitMs);
  const challenge = readSupplemental(credentials.supplementalInformation, expiresAt);
  if (challenge === 'nonsense') return challenge;
  return challenge === 'wait' ? WAIT : { state: 'awaiting_user', cause: 'user_interaction', challenge };
}

/** Without an autostart token the user starts the app by hand. */
function awaitingBankId(credentials: TinkCredentials): Reading | 'nonsense' {
  const reading = awaiting(credentials, THIRD_PARTY_MS);
  if (reading !== WAIT) return reading;
  const expiresAt = new Date(credentials.statusUpdated.getTime() + THIRD_PARTY_MS);
  return { state: 'awaiting_user', cause: 'user_interaction', challenge: { kind: 'open_app', expiresAt } };
}

type ErrorStatus = 'TEMPORARY_ERROR' | 'AUTHENTICATION_ERROR' | 'PERMANENT_ERROR';

const reading = (state: ObservedState, cause: Cause): Reading => ({ state, cause });

const WITHOUT_DETAIL: Readonly<Record<ErrorStatus, Reading>> = {
  TEMPORARY_ERROR: reading('retrying', 'bank_unavailable'),
  AUTHENTICATION_ERROR: reading('reauth_required', 'unknown'),
  PERMANENT_ERROR: reading('failed', 'permanent'),
};

/** Reasons of AUTHENTICATION_ERROR that tell what the user must do. */
const USER_REASONS: ReadonlyMap<string, Reading> = new Map([
  ['STATIC_CREDENTIALS_INCORRECT', reading('blocked', 'wrong_credentials')],
  ['USER_BLOCKED', reading('blocked', 'account_locked_at_bank')],
  ['DYNAMIC_CREDENTIALS_INCORRECT', reading('reauth_required', 'challenge_failed')],
  ['DYNAMIC_CREDENTIALS_FLOW_CANCELLED', reading('reauth_required', 'user_cancelled')],
  ['DYNAMIC_CREDENTIALS_FLOW_TIMEOUT', reading('reauth_required', 'challenge_expired')],
  ['SESSION_EXPIRED', reading('reauth_required', 'consent_expired')],
  ['USER_ACTION_REQUIRED', reading('reauth_required', 'sca_required')],
]);

/** @param detail `null` = Tink gives no reason. */
export function readingOfError(status: ErrorStatus, detail: TinkDetailedError | null): Reading {
  if (!detail) return WITHOUT_DETAIL[status];
  if (detail.reason === 'NO_ACCOUNTS') return reading('failed', 'no_accounts');
  if (status === 'PERMANENT_ERROR') return WITHOUT_DETAIL[status];
  if (detail.reason === 'AUTHENTICATION_METHOD_NOT_SUPPORTED') return reading('failed', 'unsupported_method');
  if (detail.type === 'PROVIDER_ERROR') return reading('retrying', 'bank_unavailable');
  if (detail.type === 'TINK_SIDE_ERROR') return reading('retrying', 'provider_unavailable');
  if (status === 'TEMPORARY_ERROR') return WITHOUT_DETAIL[status];
  return USER_REASONS.get(detail.reason ?? '') ?? WITHOUT_DETAIL[status];
}
