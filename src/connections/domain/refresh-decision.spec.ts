import { at, NOON } from '../../../test/factories/connection.factory.js';
import { CONNECTION_STATES, type ConnectionState } from './connection-state.js';
import { mayRefresh } from './refresh-decision.js';

const onDemand = { refresh: 'on_demand' } as const;
const calm = { cause: 'none', syncPausedAt: null, retryAt: null } as const;

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
    const decision = mayRefresh({ ...calm, state }, onDemand, NOON);
    expect(decision.kind === 'refuse' ? decision.reason : decision.kind).toBe(EXPECTED[state]);
    if (decision.kind === 'refuse') expect(decision.code).toBe('connection.not_refreshable');
  });

  it.each(CONNECTION_STATES)('never refreshes a paused connection: %s', (state) => {
    expect(mayRefresh({ ...calm, state, syncPausedAt: NOON }, onDemand, NOON)).toEqual({
      kind: 'refuse',
      code: 'connection.not_refreshable',
      reason: 'Syncing is paused. Resume it first.',
    });
  });

  it.each(CONNECTION_STATES)('says of a provider that does it alone what it is, paused or not: %s', (state) => {
    for (const syncPausedAt of [null, NOON]) {
      expect(mayRefresh({ ...calm, state, syncPausedAt }, { refresh: 'by_provider' }, NOON)).toEqual({
        kind: 'refuse',
        code: 'capability_unsupported',
        reason: 'This provider refreshes by itself every day and offers no refresh on demand.',
      });
    }
  });

  it('may be asked for with the user there', () => {
    expect(mayRefresh({ ...calm, state: 'active' }, { refresh: 'user_present' }, NOON)).toEqual({
      kind: 'go',
      reason: 'healthy',
    });
  });

  it('leaves a limit alone until its time, and other trouble not', () => {
    const limited = { ...calm, state: 'retrying', cause: 'rate_limited', retryAt: at(1) } as const;
    expect(mayRefresh(limited, onDemand, NOON)).toEqual({
      kind: 'refuse',
      code: 'provider.rate_limited',
      reason: 'The provider limits our calls for now.',
      retryAt: at(1),
    });
    const go = { kind: 'go', reason: 'retry' };
    expect(mayRefresh(limited, onDemand, at(1))).toEqual(go);
    expect(mayRefresh({ ...limited, cause: 'bank_unavailable' }, onDemand, NOON)).toEqual(go);
  });
});
