import { parsed } from '../../platform/http/json-shape.js';
import { fixture } from '../../../test/fixtures/tink/fixture.js';
import { readConsent, readCredentials } from './tink.bodies.js';
import { accepted, toObservation, toSnapshot } from './tink.transform.js';
import { TINK_STATUSES, type TinkCredentials, type TinkDetailedError } from './tink.types.js';

const at = new Date(1767600000000);

const credentials = (name: string, more: Record<string, unknown> = {}): TinkCredentials => {
  const read = parsed({ ...fixture(name), ...more }, readCredentials);
  if (!read) throw new Error(`The fixture ${name} is not usable.`);
  return read;
};
const observe = (name: string, more: Record<string, unknown> = {}, detail: TinkDetailedError | null = null) =>
  toObservation(credentials(name, more), detail);

describe('a Tink credential as an observation', () => {
  it('is active with its clocks', () => {
    expect(observe('credentials-updated')).toEqual({
      state: 'active',
      cause: 'none',
      providerStatus: 'UPDATED',
      providerStatusAt: at,
      consentExpiresAt: new Date(1775376000000),
      dataAsOf: at,
    });
  });

  it('does not say what the answer does not say', () => {
    const created = observe('credentials-created');
    expect(created).toEqual({
      state: 'pending',
      cause: 'first_load',
      providerStatus: 'CREATED',
      providerStatusAt: at,
      dataAsOf: null,
    });
    expect(observe('credentials-updated', { sessionExpiryDate: null })?.consentExpiresAt).toBeNull();
  });

  it.each([
    ['CREATED', 'authenticating', 'none'],
    ['AUTHENTICATING', 'authenticating', 'none'],
    ['UPDATING', 'syncing', 'none'],
    ['UPDATED', 'active', 'none'],
    ['TEMPORARY_ERROR', 'retrying', 'bank_unavailable'],
    ['AUTHENTICATION_ERROR', 'reauth_required', 'unknown'],
    ['PERMANENT_ERROR', 'failed', 'permanent'],
    ['SESSION_EXPIRED', 'reauth_required', 'consent_expired'],
    ['DELETED', 'deleted', 'none'],
    ['SOMETHING_NEW', 'syncing', 'unknown'],
    ['DISABLED', 'syncing', 'unknown'],
  ])('reads %s of a credential that had data as %s/%s', (status, state, cause) => {
    expect(observe('credentials-updated', { status })).toMatchObject({ state, cause, providerStatus: status });
  });

  it('knows every documented status', () => {
    const read = TINK_STATUSES.map((status) =>
      observe('credentials-awaiting-code', { status, supplementalInformation: '[{"name":"a"}]' }),
    );
    expect(read.filter((observation) => observation?.cause === 'unknown').map((each) => each?.providerStatus)).toEqual([
      'AUTHENTICATION_ERROR',
    ]);
  });

  it('has a challenge when and only when the user must act', () => {
    for (const status of TINK_STATUSES) {
      for (const supplementalInformation of [null, '', '[]', '[{"name":"a"}]', '{}', 'ab-12']) {
        const observation = observe('credentials-updated', { status, supplementalInformation });
        expect(observation?.challenge !== undefined).toBe(observation?.state === 'awaiting_user');
      }
    }
  });

  it.each(['AWAITING_SUPPLEMENTAL_INFORMATION', 'AWAITING_THIRD_PARTY_APP_AUTHENTICATION'])(
    'waits while %s has not said what it wants',
    (status) => {
      for (const supplementalInformation of [null, '', '  ']) {
        expect(observe('credentials-updated', { status, supplementalInformation })?.state).toBe('authenticating');
      }
    },
  );

  it('lets the user start the BankID app by hand when there is no token', () => {
    expect(observe('credentials-awaiting-bankid', { supplementalInformation: null })).toMatchObject({
      state: 'awaiting_user',
      challenge: { kind: 'open_app', expiresAt: new Date(at.getTime() + 9 * 60_000) },
    });
  });

  it('gives the user two minutes for questions and nine at the bank', () => {
    const until = (name: string) => observe(name)?.challenge?.expiresAt?.getTime();
    expect(until('credentials-awaiting-code')).toBe(at.getTime() + 2 * 60_000);
    expect(until('credentials-awaiting-redirect')).toBe(at.getTime() + 9 * 60_000);
    expect(until('credentials-awaiting-bankid')).toBe(at.getTime() + 9 * 60_000);
  });

  it('gives nothing for a question that cannot be read', () => {
    for (const supplementalInformation of [
      '[{"name":',
      '[{"description":"no name"}]',
      '{"desktop":7}',
      'not a token!',
    ]) {
      expect(observe('credentials-awaiting-code', { supplementalInformation })).toBeUndefined();
    }
  });
});

describe('why a Tink credential is in an error', () => {
  const detail = (type: string, reason: string | null = null): TinkDetailedError => ({ type, reason });
  const states = (status: string, error: TinkDetailedError) => {
    const observation = observe('credentials-authentication-error', { status }, error);
    return `${observation?.state ?? ''}/${observation?.cause ?? ''}`;
  };

  it.each([
    ['STATIC_CREDENTIALS_INCORRECT', 'blocked/wrong_credentials'],
    ['USER_BLOCKED', 'blocked/account_locked_at_bank'],
    ['DYNAMIC_CREDENTIALS_INCORRECT', 'reauth_required/challenge_failed'],
    ['DYNAMIC_CREDENTIALS_FLOW_CANCELLED', 'reauth_required/user_cancelled'],
    ['DYNAMIC_CREDENTIALS_FLOW_TIMEOUT', 'reauth_required/challenge_expired'],
    ['USER_NOT_A_CUSTOMER', 'reauth_required/unknown'],
    ['USER_CONCURRENT_LOGINS', 'reauth_required/unknown'],
    ['THIRD_PARTY_AUTHENTICATION_UNAVAILABLE', 'reauth_required/unknown'],
    ['A_NEW_REASON', 'reauth_required/unknown'],
  ])('reads a login error with %s as %s', (reason, expected) => {
    expect(states('AUTHENTICATION_ERROR', detail('USER_LOGIN_ERROR', reason))).toBe(expected);
  });

  it('asks for the user again when the session ended, or the bank wants something done in its own pages', () => {
    expect(states('AUTHENTICATION_ERROR', detail('AUTHORIZATION_ERROR', 'SESSION_EXPIRED'))).toBe(
      'reauth_required/consent_expired',
    );
    expect(states('AUTHENTICATION_ERROR', detail('AUTHORIZATION_ERROR', 'USER_ACTION_REQUIRED'))).toBe(
      'reauth_required/sca_required',
    );
    expect(states('AUTHENTICATION_ERROR', detail('AUTHORIZATION_ERROR', 'ACTION_NOT_PERMITTED'))).toBe(
      'reauth_required/unknown',
    );
  });

  it('never blames the user for trouble at the bank or at Tink', () => {
    for (const status of ['AUTHENTICATION_ERROR', 'TEMPORARY_ERROR']) {
      expect(states(status, detail('PROVIDER_ERROR', 'PROVIDER_UNAVAILABLE'))).toBe('retrying/bank_unavailable');
      expect(states(status, detail('TINK_SIDE_ERROR', 'TINK_INTERNAL_SERVER_ERROR'))).toBe(
        'retrying/provider_unavailable',
      );
    }
    expect(states('PERMANENT_ERROR', detail('PROVIDER_ERROR', 'UNKNOWN_PROVIDER_ERROR'))).toBe('failed/permanent');
  });

  it('gives up where there is nothing to connect, whatever the status', () => {
    for (const status of ['AUTHENTICATION_ERROR', 'TEMPORARY_ERROR', 'PERMANENT_ERROR']) {
      expect(states(status, detail('ACCOUNT_INFORMATION_ERROR', 'NO_ACCOUNTS'))).toBe('failed/no_accounts');
    }
    expect(states('AUTHENTICATION_ERROR', detail('TINK_SIDE_ERROR', 'AUTHENTICATION_METHOD_NOT_SUPPORTED'))).toBe(
      'failed/unsupported_method',
    );
  });

  it('keeps a temporary error temporary', () => {
    expect(states('TEMPORARY_ERROR', detail('USER_LOGIN_ERROR', 'USER_CONCURRENT_LOGINS'))).toBe(
      'retrying/bank_unavailable',
    );
  });

  it('reads a captured consent', () => {
    const consents = parsed(fixture('consents-wrong-password'), (body) => body.list('providerConsents', readConsent));
    expect(consents).toEqual([
      {
        credentialsId: '9a1b2c3d4e5f60718293a4b5c6d7e8f9',
        status: 'AUTHENTICATION_ERROR',
        detailedError: detail('USER_LOGIN_ERROR', 'STATIC_CREDENTIALS_INCORRECT'),
      },
    ]);
  });
});

describe('a Tink credential as a snapshot', () => {
  it('keeps its id and login out of sight', () => {
    const snapshot = toSnapshot(credentials('credentials-updated'), null);
    expect(snapshot).toMatchObject({ institutionId: 'se-demobank-password' });
    expect(snapshot?.credentialId.reveal('test')).toBe('9a1b2c3d4e5f60718293a4b5c6d7e8f9');
    expect(snapshot?.loginIdentity?.reveal('test')).toBe('u12345678');
    expect(JSON.stringify(snapshot)).not.toMatch(/9a1b2c3d|u12345678/);
  });

  it('knows nobody at a redirect bank', () => {
    expect(toSnapshot(credentials('credentials-created'), null)?.loginIdentity).toBeNull();
  });

  it('has accepted a call without saying a status', () => {
    expect(accepted()).toEqual({
      state: 'authenticating',
      cause: 'none',
      providerStatus: 'ACCEPTED',
      providerStatusAt: null,
    });
  });
});
