import type { Challenge } from '../../credentials/challenge.js';
import { CAUSES, type Cause } from '../../credentials/observation.js';
import { at, connection, CREDENTIAL_ID, NOON } from '../../../test/factories/connection.factory.js';
import { field } from '../../../test/factories/field.factory.js';
import type { Connection } from './connection.js';
import { CONNECTION_STATES, type ConnectionState } from './connection-state.js';
import { ACTION_KINDS, nextAction, type ActionKind, type Actor } from './next-action.js';

const can = { authenticate: true, replaceLogin: true, connect: ['direct'] } as const;
const cannot = { authenticate: false, replaceLogin: false, connect: ['link'] } as const;

const action = (changes: Partial<Connection>, capabilities: Parameters<typeof nextAction>[1] = can) =>
  nextAction(connection(changes), capabilities, NOON);

/** For a connection of the factory: not paused, no challenge, no consent clock, no failures. */
function expected(state: ConnectionState, cause: Cause): readonly [ActionKind, Actor] {
  switch (state) {
    case 'active':
    case 'deleted':
      return ['none', 'nobody'];
    case 'pending':
    case 'authenticating':
    case 'awaiting_user':
    case 'syncing':
    case 'deleting':
      return ['wait', 'provider'];
    case 'retrying':
      return ['retry_later', cause === 'bank_unavailable' || cause === 'institution_disabled' ? 'bank' : 'provider'];
    case 'reauth_required':
      return ['renew_consent', 'user'];
    case 'blocked':
      return [cause === 'account_locked_at_bank' || cause === 'act_at_bank' ? 'act_at_bank' : 'update_login', 'user'];
    case 'failed':
      return ['reconnect', 'user'];
  }
}

describe('nextAction', () => {
  const all = CONNECTION_STATES.flatMap((state) => CAUSES.map((cause) => [state, cause] as const));

  it.each(all)('%s because of %s', (state, cause) => {
    for (const capabilities of [can, cannot]) {
      const next = action({ state, cause }, capabilities);
      expect([next.kind, next.by]).toEqual(expected(state, cause));
      expect(next.message).toMatch(/^[A-Z].*\.$/);
      expect(ACTION_KINDS).toContain(next.kind);
    }
  });

  it.each([
    ['pending', 'none', 'The first data load is running.'],
    ['authenticating', 'none', 'The provider is logging in at the bank.'],
    ['syncing', 'none', 'The provider is fetching data from the bank.'],
    ['awaiting_user', 'user_interaction', 'The bank is preparing a question for the user.'],
    ['active', 'none', 'Nothing to do.'],
    ['retrying', 'bank_unavailable', 'The bank has trouble. It is tried again.'],
    ['retrying', 'rate_limited', 'The provider has trouble. It is tried again.'],
    ['reauth_required', 'consent_expired', 'The consent has ended. The user must renew it at the bank.'],
    ['reauth_required', 'sca_required', 'The bank wants the user to authenticate again.'],
    ['reauth_required', 'challenge_failed', 'The answer was not accepted. The user can try again.'],
    ['reauth_required', 'challenge_expired', 'The user did not answer in time and can try again.'],
    ['reauth_required', 'user_cancelled', 'The user cancelled at the bank and can try again.'],
    ['reauth_required', 'unknown', 'The bank wants the user to confirm the access again.'],
    ['blocked', 'wrong_credentials', 'The bank does not accept the login. Give the current one.'],
    ['blocked', 'act_at_bank', 'The user must settle something with the bank first.'],
    ['blocked', 'account_locked_at_bank', 'The bank has locked the user. The user must unlock the access at the bank.'],
    ['failed', 'no_accounts', 'The bank shows no accounts for this login. Connect with another login.'],
    ['failed', 'permanent', 'The provider gave this connection up. Connect the bank again.'],
    ['failed', 'unsupported_method', 'Connect the bank again.'],
    ['deleting', 'none', 'The connection is being deleted at the provider.'],
    ['deleted', 'none', 'The connection is deleted.'],
  ] as const)('%s because of %s says: %s', (state, cause, message) => {
    expect(action({ state, cause }).message).toBe(message);
  });

  describe('of an open dialogue', () => {
    const asked = (challenge: Challenge) => action({ state: 'awaiting_user', challenge });
    const expiresAt = at(120_000);

    it('hands on the one question with its deadline', () => {
      const fields = [field({ type: 'info', name: 'hint', label: 'Hint' }), field()];
      expect(asked({ kind: 'submit_information', expiresAt, fields })).toEqual({
        kind: 'submit_information',
        by: 'user',
        message: 'Give the bank: One-time code.',
        deadline: expiresAt,
        fields,
      });
    });

    it.each([[[]], [[field({ type: 'info' })]], [[field(), field({ name: 'second' })]]])(
      'has no single question to name: %#',
      (fields) => {
        expect(asked({ kind: 'submit_information', expiresAt, fields }).message).toBe(
          'Answer the questions of the bank.',
        );
      },
    );

    it('shows the way to the picture of a code', () => {
      const qr = '/v1/connections/0199aaaa-0000-7000-8000-000000000001/qr';
      const shown = { kind: 'scan_qr', by: 'user', message: "Scan the code with the bank's app.", qr };
      expect(asked({ kind: 'scan_qr', expiresAt })).toEqual({ ...shown, deadline: expiresAt });
      expect(asked({ kind: 'scan_qr', expiresAt, url: 'bankid:///' })).toEqual({
        ...shown,
        deadline: expiresAt,
        url: 'bankid:///',
      });
    });

    it('opens an app with and without an address', () => {
      const shown = { kind: 'open_app', by: 'user', message: "Confirm in the bank's app." };
      expect(asked({ kind: 'open_app', expiresAt: null })).toEqual(shown);
      expect(asked({ kind: 'open_app', expiresAt, url: 'bank://x' })).toEqual({
        ...shown,
        deadline: expiresAt,
        url: 'bank://x',
      });
    });

    it('follows a redirect', () => {
      expect(asked({ kind: 'follow_redirect', expiresAt: null, url: 'https://bank.example/a' })).toEqual({
        kind: 'follow_redirect',
        by: 'user',
        message: 'Go on at the bank.',
        url: 'https://bank.example/a',
      });
    });

    it('repeats a question of the bank as it is', () => {
      const fields = [field({ label: 'What city were you born in?' })];
      expect(asked({ kind: 'submit_information', expiresAt, fields }).message).toBe(
        'The bank asks: What city were you born in?',
      );
    });

    it('tells no handle and no credential', () => {
      const text = JSON.stringify(asked({ kind: 'submit_information', expiresAt, fields: [field()] }));
      expect(text).not.toContain(CREDENTIAL_ID);
    });
  });

  it('connects again on the hosted page where the provider takes no logins', () => {
    const hosted = action({ state: 'failed', cause: 'permanent' }, { ...can, connect: ['link'] });
    expect(hosted.linkSession).toEqual({ purpose: 'connect' });
    expect(action({ state: 'failed', cause: 'permanent' })).not.toHaveProperty('linkSession');
  });

  describe('of a retry', () => {
    it('says when', () => {
      expect(action({ state: 'retrying', cause: 'rate_limited', retryAt: at(5) })).toMatchObject({ retryAt: at(5) });
      expect(action({ state: 'retrying', cause: 'rate_limited' })).not.toHaveProperty('retryAt');
    });

    it.each([
      [2, 'retry_later', 'provider'],
      [3, 'investigate', 'operator'],
      [30, 'investigate', 'operator'],
    ])('of an unknown error after %i failures is %s by %s', (consecutiveFailures, kind, by) => {
      const next = action({ state: 'retrying', cause: 'unknown', consecutiveFailures, retryAt: at(5) });
      expect(next).toMatchObject({ kind, by, retryAt: at(5) });
    });

    it('of a known error stays a retry', () => {
      const next = action({ state: 'retrying', cause: 'bank_unavailable', consecutiveFailures: 30 });
      expect(next).toMatchObject({ kind: 'retry_later', by: 'bank' });
    });
  });

  describe('of a consent', () => {
    const clock = (ends: Date | null, from: Date | null, capabilities: Parameters<typeof action>[1] = can) =>
      action({ consentExpiresAt: ends, consentRenewableFrom: from }, capabilities);

    it('is none before the renewal window', () => {
      expect(clock(at(10), at(1)).kind).toBe('none');
    });

    it('is a renewal that is not urgent within it', () => {
      expect(clock(at(10), NOON)).toEqual({
        kind: 'renew_consent',
        by: 'user',
        message: 'The consent ends soon. The user can renew it now.',
        deadline: at(10),
      });
    });

    it('is none until the end where nothing can be renewed before it', () => {
      expect(clock(at(10), null).kind).toBe('none');
    });

    it.each([[null], [at(-10)]])('is never silent once it has ended, although the state is active: %p', (from) => {
      expect(clock(NOON, from)).toEqual({
        kind: 'renew_consent',
        by: 'user',
        message: 'The consent has ended. The user must renew it at the bank.',
      });
    });

    it('needs a hosted visit where the provider has no authenticate', () => {
      expect(clock(at(10), NOON, cannot).linkSession).toEqual({ purpose: 'renew' });
      expect(action({ state: 'reauth_required' }, cannot).linkSession).toEqual({ purpose: 'renew' });
      expect(action({ state: 'reauth_required' }, can)).not.toHaveProperty('linkSession');
    });
  });

  it('needs a hosted visit for a new login only where logins cannot be replaced', () => {
    expect(action({ state: 'blocked', cause: 'wrong_credentials' }, cannot).linkSession).toEqual({
      purpose: 'update_login',
    });
    expect(action({ state: 'blocked', cause: 'wrong_credentials' }, can)).not.toHaveProperty('linkSession');
    expect(action({ state: 'blocked', cause: 'act_at_bank' }, cannot)).not.toHaveProperty('linkSession');
  });

  describe('of a paused connection', () => {
    it('is to resume while it is healthy', () => {
      expect(action({ syncPausedAt: at(-1) })).toEqual({
        kind: 'resume_sync',
        by: 'operator',
        message: 'Syncing is paused. Resume it to get new data.',
      });
    });

    it.each([
      ['renewable', { consentRenewableFrom: at(-1), consentExpiresAt: at(1) }],
      ['over', { consentExpiresAt: at(-1) }],
    ])('is to renew when the consent is %s', (_what, consent) => {
      expect(action({ syncPausedAt: at(-1), ...consent })).toMatchObject({ kind: 'renew_consent', by: 'user' });
    });

    it.each(CONNECTION_STATES.filter((state) => state !== 'active'))('is what %s asks for otherwise', (state) => {
      expect(action({ state, syncPausedAt: at(-1) })).toEqual(action({ state }));
    });
  });
});
