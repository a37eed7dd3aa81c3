import { randomUUID } from 'node:crypto';
import type { Credential } from '../machine/credential.js';
import type { CredentialsStatus } from '../wire.types.js';

/** How the success is spelled; the sources disagree, so a client must read both. */
export const LINK_SPELLINGS = ['credentials_id', 'credentialsId'] as const;
export type LinkSpelling = (typeof LINK_SPELLINGS)[number];

/** Why a visit ends without success, in the words of the redirect. */
export interface LinkError {
  readonly error: string;
  readonly reason: string;
  readonly type?: string;
  readonly message: string;
  readonly credentialsId?: string;
  readonly providerName?: string;
}

export const badParameter = (name: string): LinkError => ({
  error: 'BAD_REQUEST',
  reason: `INVALID_PARAMETER_${name}`,
  message: `The parameter ${name.toLowerCase()} is not valid.`,
});

export const badState = (what: string): LinkError => ({
  error: 'BAD_REQUEST',
  reason: `INVALID_STATE_${what}`,
  message: 'This is not possible now.',
});

export const CANCELLED: LinkError = {
  error: 'USER_CANCELLED',
  reason: 'USER_CANCELLED',
  message: 'The user cancelled.',
};

interface Target {
  readonly redirectUri: string;
  readonly state: string | null;
}

export function successUrl(target: Target, credentialsId: string, spelling: LinkSpelling): string {
  return back(target, [[spelling, credentialsId]]);
}

export function errorUrl(
  target: Target,
  { error, reason, type, message, credentialsId, providerName }: LinkError,
): string {
  return back(target, [
    ['error', error],
    ['error_reason', reason],
    ['error_type', type],
    ['message', message],
    ['tracking_id', randomUUID()],
    ['credentials', credentialsId],
    ['provider_name', providerName],
  ]);
}

const ERRORS: Partial<Record<CredentialsStatus, string>> = {
  AUTHENTICATION_ERROR: 'AUTHENTICATION_ERROR',
  SESSION_EXPIRED: 'AUTHENTICATION_ERROR',
  TEMPORARY_ERROR: 'TEMPORARY_ERROR',
};

/** What credentials that settled badly say of the visit. */
export function errorOf({ id, status, providerName, detailedError }: Credential): LinkError {
  return {
    error: ERRORS[status] ?? 'INTERNAL_ERROR',
    reason: detailedError?.details.reason ?? 'UNKNOWN_ERROR',
    ...(detailedError && { type: detailedError.type }),
    message: detailedError?.displayMessage ?? 'Something went wrong.',
    credentialsId: id,
    providerName,
  };
}

/** The app's own query stays. */
function back({ redirectUri, state }: Target, parameters: readonly (readonly [string, string | undefined])[]): string {
  const url = new URL(redirectUri);
  for (const [name, value] of parameters) if (value !== undefined) url.searchParams.set(name, value);
  if (state !== null) url.searchParams.set('state', state);
  return url.href;
}
