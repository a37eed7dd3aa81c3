import { NOON } from '../../../test/factories/connection.factory.js';
import { CONNECTION_STATES, type ConnectionState } from './connection-state.js';
import { mayRefresh } from './refresh-decision.js';

const onDemand = { refresh: 'on_demand' } as const;

const EXPECTED: Readonly<Record<ConnectionState, string>> = {
  pending: 'already_running',
  authenticating: 'already_running',
  awaiting_user: 'The user must answer the bank first.',
  syncing: 'already_running',
  active: 'go',
  retrying: 'go',
  reauth_required: 'The user must renew the access first.',
  blocked: 'The bank does not accept the stored login, or has locked the user. A refresh would make it worse.',
  failed: 'The provider gave this connection up. Connect the bank again.',
  deleting: 'The connection is deleted.',
  deleted: 'The connection is deleted.',
};

describe('mayRefresh', () => {
  it.each(CONNECTION_STATES)('answers for %s', (state) => {
    const decision = mayRefresh({ state, syncPausedAt: null }, onDemand);
    expect(decision.kind === 'refuse' ? decision.reason : decision.kind).toBe(EXPECTED[state]);
    if (decision.kind === 'refuse') expect(decision.code).toBe('connection.not_refreshable');
  });

  it.each(CONNECTION_STATES)('never refreshes a paused connection: %s', (state) => {
    expect(mayRefresh({ state, syncPausedAt: NOON }, onDemand)).toEqual({
      kind: 'refuse',
      code: 'connection.not_refreshable',
      reason: 'Syncing is paused. Resume it first.',
    });
  });

  it.each(CONNECTION_STATES)('says of a provider that does it alone what it is, paused or not: %s', (state) => {
    for (const syncPausedAt of [null, NOON]) {
      expect(mayRefresh({ state, syncPausedAt }, { refresh: 'by_provider' })).toEqual({
        kind: 'refuse',
        code: 'capability_unsupported',
        reason: 'This provider refreshes by itself every day and offers no refresh on demand.',
      });
    }
  });

  it('may be asked for with the user there', () => {
    expect(mayRefresh({ state: 'active', syncPausedAt: null }, { refresh: 'user_present' })).toEqual({ kind: 'go' });
  });
});
