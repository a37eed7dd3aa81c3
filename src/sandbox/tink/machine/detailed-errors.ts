import type { DetailedError } from '../wire.types.js';

const error = (type: string, reason: string | null, retryable: boolean, displayMessage: string): DetailedError => ({
  type,
  displayMessage,
  details: { reason, retryable },
});

/** The reasons that the simulator itself produces. Any other can be set through the control. */
export const DETAILED = {
  wrongLogin: error('USER_LOGIN_ERROR', 'STATIC_CREDENTIALS_INCORRECT', true, 'Wrong username or password.'),
  wrongCode: error('USER_LOGIN_ERROR', 'DYNAMIC_CREDENTIALS_INCORRECT', true, 'Wrong code.'),
  cancelled: error('USER_LOGIN_ERROR', 'DYNAMIC_CREDENTIALS_FLOW_CANCELLED', true, 'Sign-in was cancelled.'),
  timedOut: error('USER_LOGIN_ERROR', 'DYNAMIC_CREDENTIALS_FLOW_TIMEOUT', true, 'Sign-in took too long.'),
  thirdPartyDown: error(
    'USER_LOGIN_ERROR',
    'THIRD_PARTY_AUTHENTICATION_UNAVAILABLE',
    true,
    'Sign-in is not available.',
  ),
  notACustomer: error('USER_LOGIN_ERROR', 'USER_NOT_A_CUSTOMER', false, 'You are not a customer of this bank.'),
  blocked: error('USER_LOGIN_ERROR', 'USER_BLOCKED', false, 'Your access is blocked. Contact your bank.'),
  sessionExpired: error('AUTHORIZATION_ERROR', 'SESSION_EXPIRED', true, 'The session has expired.'),
  userNeeded: error('AUTHORIZATION_ERROR', 'USER_ACTION_REQUIRED', true, 'You must sign in again.'),
  noAccounts: error('ACCOUNT_INFORMATION_ERROR', 'NO_ACCOUNTS', false, 'There are no accounts.'),
  bankDown: error('PROVIDER_ERROR', 'PROVIDER_UNAVAILABLE', true, 'The bank cannot be reached.'),
  bankFailed: error('PROVIDER_ERROR', 'UNKNOWN_PROVIDER_ERROR', true, 'The bank answered with an error.'),
  switchedOff: error('TINK_SIDE_ERROR', 'AUTHENTICATION_METHOD_NOT_SUPPORTED', false, 'This bank is switched off.'),
} as const;
