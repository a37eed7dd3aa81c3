import { readLinkClaim } from './tink-link-claim.js';

const ID = '9a1b2c3d4e5f60718293a4b5c6d7e8f9';
const read = (query: Readonly<Record<string, string>>) => readLinkClaim(new Map(Object.entries(query)));

describe('what comes back from Tink Link', () => {
  it.each(['credentials_id', 'credentialsId'])('names the credential, spelled %s', (name) => {
    expect(read({ [name]: ID, extra: '1' })).toEqual({ kind: 'credentials', id: ID });
  });

  it('may name it twice, but not two of them', () => {
    expect(read({ credentials_id: ID, credentialsId: ID })).toEqual({ kind: 'credentials', id: ID });
    expect(read({ credentials_id: ID, credentialsId: 'other' })).toEqual({ kind: 'nothing' });
  });

  it.each(['', ' ', '../x', 'a/b', 'x'.repeat(65), 'é', 'a\r\nb'])('is nothing with the id %j', (id) => {
    expect(read({ credentials_id: id })).toEqual({ kind: 'nothing' });
  });

  it.each([
    ['USER_CANCELLED', 'USER_CANCELLED', '', 'user_cancelled'],
    ['USER_CANCELLED', 'USER_DECLINED_CONSENT', '', 'user_cancelled'],
    ['AUTHENTICATION_ERROR', 'STATIC_CREDENTIALS_INCORRECT', 'USER_LOGIN_ERROR', 'wrong_credentials'],
    ['AUTHENTICATION_ERROR', 'USER_BLOCKED', 'USER_LOGIN_ERROR', 'account_locked_at_bank'],
    ['AUTHENTICATION_ERROR', 'DYNAMIC_CREDENTIALS_FLOW_CANCELLED', 'USER_LOGIN_ERROR', 'user_cancelled'],
    ['AUTHENTICATION_ERROR', 'DYNAMIC_CREDENTIALS_FLOW_TIMEOUT', 'USER_LOGIN_ERROR', 'challenge_expired'],
    ['AUTHENTICATION_ERROR', 'SESSION_EXPIRED', 'AUTHORIZATION_ERROR', 'consent_expired'],
    ['AUTHENTICATION_ERROR', 'PROVIDER_UNAVAILABLE', 'PROVIDER_ERROR', 'bank_unavailable'],
    ['AUTHENTICATION_ERROR', '', '', 'unknown'],
    ['TEMPORARY_ERROR', 'REQUEST_FAILED_FETCH_ACCOUNTS', '', 'provider_unavailable'],
    ['TEMPORARY_ERROR', 'PROVIDER_UNAVAILABLE', 'PROVIDER_ERROR', 'bank_unavailable'],
    ['TEMPORARY_ERROR', 'NO_ACCOUNTS', 'ACCOUNT_INFORMATION_ERROR', 'no_accounts'],
    ['INTERNAL_ERROR', 'REQUEST_FAILED_FETCH_PROVIDERS', '', 'provider_unavailable'],
    ['INTERNAL_ERROR', 'AUTHENTICATION_METHOD_NOT_SUPPORTED', 'TINK_SIDE_ERROR', 'unsupported_method'],
    ['BAD_REQUEST', 'INVALID_PARAMETER_REDIRECT_URI', '', 'unknown'],
    ['BAD_REQUEST', 'INVALID_STATE_REFRESH_CREDENTIALS_RATE_LIMITED', '', 'rate_limited'],
    ['A_NEW_ERROR', 'A_NEW_REASON', 'A_NEW_TYPE', 'unknown'],
  ])('%s for %s of %j has the cause %4$s', (error, reason, type, cause) => {
    expect(read({ error, error_reason: reason, error_type: type, message: 'Oh no.' })).toEqual({
      kind: 'ended',
      cause,
      providerReason: reason || error,
      id: null,
    });
  });

  it('an error goes before a credential', () => {
    expect(read({ error: 'USER_CANCELLED', credentials_id: ID })).toMatchObject({ kind: 'ended' });
    expect(read({ error: '', credentials_id: ID })).toMatchObject({ kind: 'ended', cause: 'unknown' });
  });

  it('repeats only words, never a text', () => {
    const texts = { error: '<script>', error_reason: 'my password is x', error_type: 'x', credentials: '../..' };
    expect(read(texts)).toEqual({ kind: 'ended', cause: 'unknown', providerReason: 'UNKNOWN', id: null });
  });

  it.each(['error', 'error_reason'])('knows a duplicate by its %s', (name) => {
    const query = { error: 'BAD_REQUEST', credentials: ID, [name]: 'INVALID_STATE_DUPLICATE_CREDENTIALS' };
    expect(read(query)).toEqual({ kind: 'duplicate', id: ID });
  });
});
