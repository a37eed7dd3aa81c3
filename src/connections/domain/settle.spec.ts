import fc from 'fast-check';

import { OBSERVED_STATES, type Observation } from '../../credentials/observation.js';
import { at, connection, NOON } from '../../../test/factories/connection.factory.js';
import { observed } from '../../../test/factories/observation.factory.js';
import type { Connection } from './connection.js';
import { isMoving, MOVING_STATES } from './connection-state.js';
import { decide } from './decide.js';
import { ACCEPTED_GRACE_MS, settle } from './settle.js';

const LIMIT = 30 * 60_000;
const SETTLED_STATES = OBSERVED_STATES.filter((state) => !isMoving(state));

const since = (ms: number, changes: Partial<Connection> = {}) =>
  connection({ state: 'syncing', stateSince: at(-ms), providerStatusAt: NOON, ...changes });

describe('settle', () => {
  it.each(SETTLED_STATES)('leaves a reading of a settled connection alone: %s', (state) => {
    for (const reading of [observed('active'), observed('syncing')]) {
      expect(settle(connection({ state, stateSince: at(-10 * LIMIT) }), reading, NOON, LIMIT)).toBe(reading);
    }
  });

  it('gives up a connection whose provider uses a word that nobody knows, and not before the limit', () => {
    const reading: Observation = { ...observed('syncing'), cause: 'unknown' };
    const moving = (age: number) => since(age, { state: 'authenticating' });
    expect(settle(moving(LIMIT), reading, NOON, LIMIT)).toBe(reading);
    expect(settle(moving(LIMIT + 1), reading, NOON, LIMIT)).toMatchObject({
      state: 'retrying',
      providerStatusAt: null,
    });
  });

  describe('an accepted call after which the provider never moved', () => {
    it('keeps waiting within the grace', () => {
      const reading = observed('active');
      expect(settle(since(ACCEPTED_GRACE_MS), reading, NOON, LIMIT)).toBe(reading);
    });

    it.each(SETTLED_STATES)('takes the old status as the outcome after it: %s', (state) => {
      const reading = observed(state);
      expect(settle(since(ACCEPTED_GRACE_MS + 1), reading, NOON, LIMIT)).toEqual({
        ...reading,
        providerStatusAt: null,
      });
    });

    it('takes an open question as still open after it', () => {
      const sent = since(ACCEPTED_GRACE_MS + 1, { state: 'authenticating', providerStatus: 'ACCEPTED' });
      const reading = observed('awaiting_user');
      expect(settle({ ...sent, stateSince: at(-ACCEPTED_GRACE_MS) }, reading, NOON, LIMIT)).toBe(reading);
      expect(settle(sent, reading, NOON, LIMIT)).toEqual({ ...reading, providerStatusAt: null });
    });

    it('keeps the time of a status that has moved, also back', () => {
      for (const time of [at(1), at(-1)]) {
        const reading = observed('active', { providerStatusAt: time });
        expect(settle(since(LIMIT), reading, NOON, LIMIT).providerStatusAt).toEqual(time);
      }
    });
  });

  describe('a status that never stops moving', () => {
    it('may move for as long as the provider is allowed to', () => {
      const reading = observed('syncing');
      expect(settle(since(LIMIT), reading, NOON, LIMIT)).toBe(reading);
    });

    it.each(MOVING_STATES.filter((state) => state !== 'awaiting_user'))(
      'is the trouble of the provider: %s',
      (state) => {
        expect(settle(since(LIMIT + 1, { state }), observed(state), NOON, LIMIT)).toEqual({
          state: 'retrying',
          cause: 'provider_unavailable',
          providerStatus: `WORD_${state.toUpperCase()}`,
          providerStatusAt: null,
        });
      },
    );

    it('is a missed deadline when the user was asked, without the question', () => {
      const asked = since(LIMIT + 1, { state: 'awaiting_user' });
      expect(settle(asked, observed('awaiting_user'), NOON, LIMIT)).toEqual({
        state: 'reauth_required',
        cause: 'challenge_expired',
        providerStatus: 'WORD_AWAITING_USER',
        providerStatusAt: null,
      });
    });

    it('may go on when it has come to another moving state', () => {
      const reading = observed('authenticating', { providerStatusAt: at(1) });
      expect(settle(since(LIMIT + 1), reading, NOON, LIMIT)).toEqual(reading);
    });
  });

  it('ends every movement, whatever one status the provider repeats, and keeps it ended where that has a time', () => {
    const repeated = fc.record({
      start: fc.constantFrom(...MOVING_STATES),
      state: fc.constantFrom(...OBSERVED_STATES),
      word: fc.constantFrom('ACCEPTED', 'WORD'),
      time: fc.constantFrom<Date | null>(null, NOON, at(1)),
    });
    fc.assert(
      fc.property(repeated, ({ start, state, word, time }) => {
        const reading: Observation = observed(state, { providerStatus: word, providerStatusAt: time });
        let now = connection({ state: start, stateSince: NOON, providerStatus: 'ACCEPTED', providerStatusAt: NOON });
        let ended = false;
        for (let second = 0; second <= (2 * LIMIT + 3 * ACCEPTED_GRACE_MS) / 1000; second += 30) {
          const moment = at(second * 1000);
          const context = {
            now: moment,
            trigger: 'system',
            actor: 'w',
            requestId: null,
            renewBeforeExpiry: true,
            rhythm: null,
          } as const;
          const decision = decide(now, settle(now, reading, moment, LIMIT), context);
          if (decision.kind === 'apply') now = decision.next;
          ended = time === null ? ended || !isMoving(now.state) : !isMoving(now.state);
        }
        expect({ end: now.state, ended }).toEqual({ end: now.state, ended: true });
      }),
    );
  });
});
