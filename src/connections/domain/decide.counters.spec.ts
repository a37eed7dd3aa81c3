import type { Observation } from '../../credentials/observation.js';
import { at, connection, NOON } from '../../../test/factories/connection.factory.js';
import { observed } from '../../../test/factories/observation.factory.js';
import type { Connection } from './connection.js';
import { decide, type DecisionContext } from './decide.js';

const MINUTE = 60_000;

function after(before: Connection, observation: Observation, more: Partial<DecisionContext> = {}): Connection {
  const decision = decide(before, observation, {
    ...{ now: NOON, trigger: 'system', actor: 'watcher', requestId: null, renewBeforeExpiry: true, rhythm: null },
    ...more,
  });
  if (decision.kind === 'refuse') throw new Error(`refused: ${decision.reason}`);
  return decision.next;
}

describe('counters of decide', () => {
  it('counts a failure once, however often it is read', () => {
    const first = after(connection(), observed('retrying'));
    expect(first.consecutiveFailures).toBe(1);
    const again = after(first, observed('retrying'), { now: at(10_000) });
    expect(again).toMatchObject({ consecutiveFailures: 1, retryAt: first.retryAt });
  });

  it('counts a failure that the provider dates anew', () => {
    const before = connection({ state: 'retrying', cause: 'bank_unavailable', consecutiveFailures: 2, retryAt: at(1) });
    expect(after(before, observed('retrying'))).toMatchObject({ consecutiveFailures: 3, retryAt: at(4 * MINUTE) });
  });

  it('does not count readings of a provider that tells no time', () => {
    let now = connection({ providerStatusAt: null });
    const word = { providerStatusAt: null };
    for (let reading = 0; reading < 5; reading += 1) now = after(now, observed('retrying', word), { now: at(reading) });
    expect(now).toMatchObject({ consecutiveFailures: 1, retryAt: at(MINUTE) });
  });

  it('counts each attempt of our own where the provider tells no time', () => {
    let now = connection({ providerStatusAt: null, fence: 3 });
    const word = { providerStatusAt: null };
    for (let attempt = 0; attempt < 3; attempt += 1) now = after(now, observed('retrying', word), { fence: 3 });
    expect(now).toMatchObject({ consecutiveFailures: 3, retryAt: at(4 * MINUTE) });
  });

  it('counts a wrong login once for each rejection, not for each reading', () => {
    const first = after(connection(), observed('blocked'));
    expect(first.wrongLoginCount).toBe(1);
    expect(after(first, observed('blocked')).wrongLoginCount).toBe(1);
    expect(after(first, observed('blocked', { providerStatusAt: null })).wrongLoginCount).toBe(1);
    const tried = after(first, observed('authenticating', { providerStatusAt: null }));
    expect(after(tried, observed('blocked', { providerStatusAt: at(1) })).wrongLoginCount).toBe(2);
  });

  it('counts only wrong credentials as wrong logins, and only retrying as failures', () => {
    const before = connection({ wrongLoginCount: 1, consecutiveFailures: 1 });
    for (const state of ['pending', 'syncing', 'reauth_required', 'failed'] as const) {
      expect(after(before, observed(state))).toMatchObject({ wrongLoginCount: 1, consecutiveFailures: 1 });
    }
    expect(after(before, observed('blocked', { cause: 'account_locked_at_bank' })).wrongLoginCount).toBe(1);
  });

  it('forgets all failures when the connection is healthy again', () => {
    const before = connection({ state: 'retrying', consecutiveFailures: 9, wrongLoginCount: 2, retryAt: at(1) });
    expect(after(before, observed('active'))).toMatchObject({ consecutiveFailures: 0, wrongLoginCount: 0 });
  });

  it('dates a success when a scheduled sync finds the connection healthy', () => {
    const before = connection({ lastSuccessAt: at(-9), providerStatusAt: at(-9) });
    const same = observed('active', { providerStatusAt: at(-9) });
    expect(after(before, same, { trigger: 'sync' }).lastSuccessAt).toEqual(NOON);
  });

  it('dates a success only when the provider has moved', () => {
    const before = connection({ lastSuccessAt: at(-9), providerStatusAt: at(-9) });
    expect(after(before, observed('active')).lastSuccessAt).toEqual(NOON);
    expect(after(before, observed('active', { providerStatusAt: at(-9) })).lastSuccessAt).toEqual(at(-9));
    expect(after(before, observed('active', { providerStatusAt: null })).lastSuccessAt).toEqual(at(-9));
    expect(after(before, observed('syncing')).lastSuccessAt).toEqual(at(-9));
    expect(
      after({ ...before, state: 'syncing' }, observed('active', { providerStatusAt: null })).lastSuccessAt,
    ).toEqual(NOON);
  });
});

describe('retry time of decide', () => {
  const retrying = connection({
    state: 'retrying',
    cause: 'bank_unavailable',
    stateSince: at(-8 * MINUTE),
    providerStatusAt: NOON,
    consecutiveFailures: 1,
    retryAt: at(-1),
  });

  it('is the one that the provider asks for', () => {
    expect(after(connection(), observed('retrying', { retryAt: at(7 * MINUTE) })).retryAt).toEqual(at(7 * MINUTE));
  });

  it('is ours when the one of the provider is over already', () => {
    expect(after(connection(), observed('retrying', { retryAt: at(-1) })).retryAt).toEqual(at(MINUTE));
    expect(after(connection(), observed('retrying', { retryAt: NOON })).retryAt).toEqual(at(MINUTE));
  });

  it('stands until it is due', () => {
    expect(after({ ...retrying, retryAt: at(1) }, observed('retrying')).retryAt).toEqual(at(1));
  });

  it('grows with the time that nothing has changed', () => {
    expect(after(retrying, observed('retrying')).retryAt).toEqual(at(8 * MINUTE));
  });

  it('is never more than six hours away', () => {
    const old = { ...retrying, stateSince: at(-30 * 24 * 60 * MINUTE), consecutiveFailures: 40 };
    expect(after(old, observed('retrying')).retryAt).toEqual(at(6 * 60 * MINUTE));
  });

  it('is when the provider is read next', () => {
    const next = after(retrying, observed('retrying'));
    expect(next.nextWatchAt).toEqual(next.retryAt);
  });
});
