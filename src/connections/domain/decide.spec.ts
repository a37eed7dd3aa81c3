import type { Challenge } from '../../credentials/challenge.js';
import { OBSERVED_STATES } from '../../credentials/observation.js';
import { at, connection, NOON } from '../../../test/factories/connection.factory.js';
import { field } from '../../../test/factories/field.factory.js';
import { observed } from '../../../test/factories/observation.factory.js';
import type { Connection } from './connection.js';
import { CONNECTION_STATES } from './connection-state.js';
import { decide, type DecisionContext } from './decide.js';
import { DELETION_WATCH_MS } from './watch-schedule.js';

const context: DecisionContext = {
  now: NOON,
  trigger: 'sync',
  actor: 'watcher',
  requestId: null,
  renewBeforeExpiry: true,
  rhythm: { kind: 'refresh', everyMs: 21_600_000, refreshEveryMs: 86_400_000 },
};

const QUESTION: Challenge = { kind: 'submit_information', expiresAt: at(120_000), fields: [field()] };

type Observed = Parameters<typeof decide>[1];

function applied(before: Connection, observation: Observed, more: Partial<DecisionContext> = {}) {
  const decision = decide(before, observation, { ...context, ...more });
  if (decision.kind === 'refuse') throw new Error(`refused: ${decision.reason}`);
  return decision;
}

function refusal(before: Connection, observation: Observed, more: Partial<DecisionContext> = {}): string {
  const decision = decide(before, observation, { ...context, ...more });
  return decision.kind === 'refuse' ? decision.reason : 'applied';
}

const LIVE_STATES = CONNECTION_STATES.filter((state) => state !== 'deleting' && state !== 'deleted');

describe('decide', () => {
  describe('every live state × every observed state', () => {
    const pairs = LIVE_STATES.flatMap((from) => OBSERVED_STATES.map((to) => [from, to] as const));

    it.each(pairs)('%s → %s', (from, to) => {
      const before = connection({
        state: from,
        cause: 'unknown',
        challenge: from === 'awaiting_user' ? QUESTION : null,
        retryAt: from === 'retrying' ? at(-1) : null,
      });
      const { next, event } = applied(before, observed(to));
      expect({ state: next.state, word: next.providerStatus, time: next.providerStatusAt }).toEqual({
        state: to,
        word: `WORD_${to.toUpperCase()}`,
        time: NOON,
      });
      expect(next.stateSince).toEqual(NOON);
      expect(next.challenge !== null).toBe(to === 'awaiting_user');
      expect(next.retryAt !== null).toBe(to === 'retrying');
      // An active connection is read by its syncs.
      expect((next.nextWatchAt ?? next.nextSyncAt) !== null).toBe(to !== 'failed' && to !== 'deleted');
      expect(next.deletedAt).toEqual(to === 'deleted' ? NOON : null);
      expect(event).toMatchObject({ from, to, cause: next.cause, at: NOON, providerAt: NOON });
    });
  });

  describe('order', () => {
    const known = connection({ state: 'syncing', providerStatus: 'ACCEPTED', providerStatusAt: NOON });

    it('refuses what is older than the known', () => {
      expect(refusal(known, observed('active', { providerStatusAt: at(-1) }))).toBe('out_of_order');
      expect(refusal(known, observed('syncing', { providerStatusAt: at(-1) }))).toBe('out_of_order');
    });

    it('refuses the status from before our call was accepted', () => {
      expect(refusal(known, observed('active'))).toBe('not_moved');
      expect(refusal(known, observed('awaiting_user'))).toBe('not_moved');
    });

    it('applies the same time in the same state, without an event', () => {
      const { next, event } = applied(known, observed('syncing', { dataAsOf: at(-5) }));
      expect(event).toBeNull();
      expect(next).toMatchObject({ stateSince: known.stateSince, dataAsOf: at(-5), providerStatus: 'WORD_SYNCING' });
    });

    it('applies what is newer by a millisecond', () => {
      expect(applied(known, observed('active', { providerStatusAt: at(1) })).next.providerStatusAt).toEqual(at(1));
    });

    it('applies a reading without a time and keeps the known time', () => {
      const { next } = applied(known, observed('active', { providerStatusAt: null }));
      expect(next).toMatchObject({ state: 'active', providerStatusAt: NOON });
    });

    it('applies a first time', () => {
      const untimed = { ...known, providerStatusAt: null };
      expect(applied(untimed, observed('active', { providerStatusAt: at(-999) })).next.providerStatusAt).toEqual(
        at(-999),
      );
    });
  });

  describe('the same word at the same time, read with more detail', () => {
    const sameWord = { providerStatus: 'WORD', providerStatusAt: NOON } as const;

    it('shows the link that arrives a moment after its status', () => {
      const waiting = connection({ state: 'authenticating', ...sameWord });
      const { next, event } = applied(waiting, observed('awaiting_user', sameWord));
      expect(next.state).toBe('awaiting_user');
      expect(event).toMatchObject({ from: 'authenticating', to: 'awaiting_user' });
    });

    it('replaces an unknown cause by the true one', () => {
      const unclear = connection({ state: 'reauth_required', cause: 'unknown', ...sameWord });
      expect(applied(unclear, observed('blocked', sameWord)).next).toMatchObject({
        state: 'blocked',
        cause: 'wrong_credentials',
      });
    });

    it('never forgets a known cause, whether the state would change or not', () => {
      const clear = connection({ state: 'blocked', cause: 'wrong_credentials', ...sameWord });
      expect(refusal(clear, observed('reauth_required', { ...sameWord, cause: 'unknown' }))).toBe('not_moved');
      const same = applied(clear, observed('blocked', { ...sameWord, cause: 'unknown' }));
      expect(same.next.cause).toBe('wrong_credentials');
      expect(same.event).toBeNull();
    });

    it.each(['reauth_required', 'blocked', 'failed'] as const)(
      'heals %s when the provider is content again, though its data is no newer',
      (state) => {
        // The error came without a time of its own, so the known time is that of the last success.
        const troubled = connection({ state, cause: 'sca_required', providerStatus: 'ERROR', providerStatusAt: NOON });
        expect(applied(troubled, observed('active')).next).toMatchObject({ state: 'active', cause: 'none' });
        expect(refusal(troubled, observed('active', { cause: 'unknown' }))).toBe('not_moved');
        expect(refusal(troubled, observed('active', { providerStatusAt: at(-1) }))).toBe('out_of_order');
      },
    );

    it('does not set a connection in motion again that was given up', () => {
      const givenUp = connection({ state: 'retrying', cause: 'provider_unavailable', retryAt: at(-1), ...sameWord });
      expect(refusal(givenUp, observed('syncing', sameWord))).toBe('not_moved');
      expect(refusal({ ...givenUp, cause: 'unknown' }, observed('syncing', sameWord))).toBe('not_moved');
    });
  });

  describe('fence', () => {
    const claimed = connection({ fence: 7 });

    it('refuses an older claim before anything else', () => {
      expect(refusal(claimed, observed('syncing'), { fence: 6 })).toBe('stale_fence');
      expect(refusal({ ...claimed, state: 'deleted' }, observed('active'), { fence: 6 })).toBe('stale_fence');
    });

    it('takes the present claim and a plain reading, and leaves fence and version to the row', () => {
      for (const more of [{ fence: 7 }, {}]) {
        expect(applied(claimed, observed('syncing'), more).next).toMatchObject({ fence: 7, version: 1 });
      }
    });
  });

  describe('what a state owns leaves with it', () => {
    it.each(OBSERVED_STATES.filter((state) => state !== 'awaiting_user'))('a challenge on the way to %s', (state) => {
      const asked = connection({ state: 'awaiting_user', challenge: QUESTION });
      expect(applied(asked, observed(state, { challenge: QUESTION })).next.challenge).toBeNull();
    });

    it.each(OBSERVED_STATES.filter((state) => state !== 'retrying'))('a retry time on the way to %s', (state) => {
      const retrying = connection({ state: 'retrying', retryAt: at(60_000) });
      expect(applied(retrying, observed(state, { retryAt: at(60_000) })).next.retryAt).toBeNull();
    });

    it('a planned sync when the connection is not active', () => {
      const planned = connection({ nextSyncAt: at(60_000), dataAsOf: null });
      expect(applied(planned, observed('active')).next.nextSyncAt).toEqual(at(60_000));
      expect(applied(planned, observed('reauth_required')).next.nextSyncAt).toBeNull();
    });

    it('an old question when a new one has not come yet', () => {
      const asked = connection({ state: 'awaiting_user', challenge: QUESTION });
      const { challenge: _none, ...bare } = observed('awaiting_user');
      expect(applied(asked, bare).next.challenge).toBeNull();
    });
  });

  describe('consent clock', () => {
    const ends = at(90 * 86_400_000);
    const dated = connection({ consentExpiresAt: ends, consentRenewableFrom: at(1) });

    it('keeps what it knows when the reading does not say', () => {
      expect(applied(dated, observed('active')).next).toMatchObject({
        consentExpiresAt: ends,
        consentRenewableFrom: at(1),
      });
    });

    it('takes a new end, renewable seven days before', () => {
      const { next } = applied(connection(), observed('active', { consentExpiresAt: ends }));
      expect(next).toMatchObject({ consentExpiresAt: ends, consentRenewableFrom: at(83 * 86_400_000) });
    });

    it('is not renewable before its end where the provider does not allow it', () => {
      const more = { renewBeforeExpiry: false };
      const { next } = applied(dated, observed('active', { consentExpiresAt: ends }), more);
      expect(next).toMatchObject({ consentExpiresAt: ends, consentRenewableFrom: null });
    });

    it('is emptied by an explicit null', () => {
      const { next } = applied(dated, observed('active', { consentExpiresAt: null }));
      expect(next).toMatchObject({ consentExpiresAt: null, consentRenewableFrom: null });
    });
  });

  describe('freshness clock', () => {
    it('only runs forward', () => {
      const before = connection({ dataAsOf: at(-100) });
      expect(applied(before, observed('active', { dataAsOf: at(-50) })).next.dataAsOf).toEqual(at(-50));
      expect(applied(before, observed('active', { dataAsOf: at(-200) })).next.dataAsOf).toEqual(at(-100));
      expect(applied(before, observed('active', { dataAsOf: null })).next.dataAsOf).toEqual(at(-100));
      expect(applied(before, observed('active')).next.dataAsOf).toEqual(at(-100));
    });

    it('keeps degraded groups until a reading says otherwise', () => {
      const before = connection({ degradedGroups: ['loans'] });
      expect(applied(before, observed('active')).next.degradedGroups).toEqual(['loans']);
      expect(applied(before, observed('active', { degradedGroups: [] })).next.degradedGroups).toEqual([]);
    });
  });

  describe('events', () => {
    it('tell who, why and on what evidence', () => {
      const evidence = { httpStatus: 401, note: 'refused' };
      const more = { trigger: 'api', actor: 'client-1', requestId: 'req-1', evidence } as const;
      expect(applied(connection(), observed('blocked'), more).event).toEqual({
        at: NOON,
        providerAt: NOON,
        from: 'active',
        to: 'blocked',
        cause: 'wrong_credentials',
        trigger: 'api',
        actor: 'client-1',
        requestId: 'req-1',
        evidence: { providerStatus: 'WORD_BLOCKED', httpStatus: 401, note: 'refused' },
      });
    });

    it('are not written for a newer reading that says the same', () => {
      const { next, event } = applied(connection(), observed('active'));
      expect(event).toBeNull();
      expect(next.stateSince).toEqual(at(-3_600_000));
      expect(next.providerStatusAt).toEqual(NOON);
    });

    it('are written for a new cause in the same state, which begins anew', () => {
      const before = connection({ state: 'retrying', cause: 'bank_unavailable', retryAt: at(60_000) });
      const { next, event } = applied(before, observed('retrying', { cause: 'rate_limited' }));
      expect(event).toMatchObject({ from: 'retrying', to: 'retrying', cause: 'rate_limited' });
      expect(next.stateSince).toEqual(NOON);
    });

    describe('in an open dialogue', () => {
      const asked = connection({
        state: 'awaiting_user',
        cause: 'user_interaction',
        challenge: QUESTION,
        providerStatusAt: at(-10),
      });
      const untimed = { ...asked, providerStatusAt: null };
      const again = (challenge: Challenge) => observed('awaiting_user', { challenge, providerStatusAt: null });

      it('are not written for the same question', () => {
        expect(
          applied(asked, observed('awaiting_user', { challenge: QUESTION, providerStatusAt: at(-10) })).event,
        ).toBe(null);
        expect(applied(untimed, again({ ...QUESTION, expiresAt: at(121_000) })).event).toBeNull();
      });

      it('are written for a second round at a newer time', () => {
        const { next, event } = applied(asked, observed('awaiting_user', { providerStatusAt: NOON }));
        expect(event).toMatchObject({ from: 'awaiting_user', to: 'awaiting_user', providerAt: NOON });
        expect(next.challenge).toEqual(QUESTION);
      });

      it('are written for other fields where the provider tells no time', () => {
        const second: Challenge = { ...QUESTION, fields: [field({ name: 'petName', label: 'Name of your pet' })] };
        const { next, event } = applied(untimed, again(second));
        expect(next.challenge).toEqual(second);
        expect(event).toMatchObject({ from: 'awaiting_user', to: 'awaiting_user', providerAt: null });
      });

      it('are written when the link of an app arrives', () => {
        const bare = { ...untimed, challenge: { kind: 'open_app', expiresAt: null } as const };
        const { event } = applied(bare, again({ kind: 'open_app', expiresAt: null, url: 'bank://x' }));
        expect(event).toMatchObject({ to: 'awaiting_user' });
      });

      it('are written for another kind of question', () => {
        expect(applied(untimed, again({ kind: 'scan_qr', expiresAt: null })).event).toMatchObject({
          to: 'awaiting_user',
        });
      });
    });
  });

  describe('deletion', () => {
    it.each(LIVE_STATES)('starts from %s', (state) => {
      const before = connection({ state, challenge: QUESTION, retryAt: at(5), nextSyncAt: at(5) });
      const { next, event } = applied(before, { state: 'deleting' });
      expect(next).toMatchObject({
        state: 'deleting',
        cause: 'none',
        stateSince: NOON,
        challenge: null,
        retryAt: null,
        nextSyncAt: null,
        nextWatchAt: at(DELETION_WATCH_MS),
        credentialId: before.credentialId,
      });
      expect(event).toMatchObject({ from: state, to: 'deleting', cause: 'none' });
    });

    it('started twice is one deletion', () => {
      const before = connection({ state: 'deleting', stateSince: at(-50) });
      const { next, event } = applied(before, { state: 'deleting' });
      expect(event).toBeNull();
      expect(next.stateSince).toEqual(at(-50));
      expect(next.nextWatchAt).toEqual(at(DELETION_WATCH_MS));
    });

    it.each(OBSERVED_STATES.filter((state) => state !== 'deleted'))('under way is not left for %s', (state) => {
      expect(refusal(connection({ state: 'deleting' }), observed(state))).toBe('illegal_transition');
    });

    it('ends with nothing that opens anything', () => {
      const before = connection({ state: 'deleting', consentRenewableFrom: at(1), nextWatchAt: at(1) });
      const { next, event } = applied(before, observed('deleted', { providerStatusAt: null }));
      expect(next).toMatchObject({
        state: 'deleted',
        credentialId: null,
        fingerprint: null,
        challenge: null,
        retryAt: null,
        nextSyncAt: null,
        nextWatchAt: null,
        consentRenewableFrom: null,
        deletedAt: NOON,
      });
      expect(event).toMatchObject({ from: 'deleting', to: 'deleted' });
    });

    it.each([...OBSERVED_STATES, 'deleting' as const])('done is not left for %s', (state) => {
      const observation = state === 'deleting' ? { state } : observed(state);
      expect(refusal(connection({ state: 'deleted' }), observation)).toBe('illegal_transition');
    });
  });
});
