import type { Cause } from '../../credentials/observation.js';
import { readingOfError } from './tink.transform.js';

/** What the query of a redirect from Tink Link claims. Anybody may have written it. */
export type LinkClaim =
  | { readonly kind: 'credentials'; readonly id: string }
  | { readonly kind: 'duplicate'; readonly id: string | null }
  | { readonly kind: 'ended'; readonly cause: Cause; readonly providerReason: string; readonly id: string | null }
  | { readonly kind: 'nothing' };

const ID = /^[A-Za-z0-9_-]{1,64}$/;
const WORD = /^[A-Z][A-Z0-9_]{0,79}$/;
const DUPLICATE = 'INVALID_STATE_DUPLICATE_CREDENTIALS';
/** Both spellings are in use. */
const SPELLINGS = ['credentials_id', 'credentialsId'];

export function readLinkClaim(query: ReadonlyMap<string, string>): LinkClaim {
  if (query.has('error')) return readError(query);
  const [id, ...others] = new Set(SPELLINGS.flatMap((name) => query.get(name) ?? []));
  return id !== undefined && others.length === 0 && ID.test(id) ? { kind: 'credentials', id } : { kind: 'nothing' };
}

function readError(query: ReadonlyMap<string, string>): LinkClaim {
  const word = (name: string): string | null => {
    const value = query.get(name) ?? '';
    return WORD.test(value) ? value : null;
  };
  const [error, reason, type] = [word('error'), word('error_reason'), word('error_type')];
  const named = query.get('credentials') ?? '';
  const id = ID.test(named) ? named : null;
  if (error === DUPLICATE || reason === DUPLICATE) return { kind: 'duplicate', id };
  return { kind: 'ended', cause: causeOf(error, reason, type), providerReason: reason ?? error ?? 'UNKNOWN', id };
}

function causeOf(error: string | null, reason: string | null, type: string | null): Cause {
  switch (error ?? '') {
    case 'USER_CANCELLED':
      return 'user_cancelled';
    case 'AUTHENTICATION_ERROR':
      return readingOfError('AUTHENTICATION_ERROR', { type: type ?? '', reason }).cause;
    // Without a type it is Tink's own trouble (REQUEST_FAILED_…), with one the bank's or the account's.
    case 'TEMPORARY_ERROR':
      return type === null ? 'provider_unavailable' : readingOfError('TEMPORARY_ERROR', { type, reason }).cause;
    case 'INTERNAL_ERROR':
      return reason === 'AUTHENTICATION_METHOD_NOT_SUPPORTED' ? 'unsupported_method' : 'provider_unavailable';
    case 'BAD_REQUEST':
      return reason === 'INVALID_STATE_REFRESH_CREDENTIALS_RATE_LIMITED' ? 'rate_limited' : 'unknown';
    default:
      return 'unknown';
  }
}
