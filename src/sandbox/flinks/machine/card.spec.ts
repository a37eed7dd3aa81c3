import { FLINKS_CODES, TRANSIENT_CODES } from '../flinks-codes.js';
import { type Card, dueOfCard, guid, isEligible, keyOf, loginIdOf, settle } from './card.js';
import { nightAfter } from './night.js';
import { beginPull, endOf, readiness, storedPull } from './pull.js';

const DAY = 86_400_000;
const MINUTE = 60_000;
const TIMERS = {
  ...{ token: 30 * MINUTE, dialogue: 8 * MINUTE, session: 30 * MINUTE, afterDetail: MINUTE },
  ...{ credentials: 30 * DAY, data: 90 * DAY },
};
const LOGIN = { institutionId: 14, username: 'Greatday', language: 'en' } as const;
const CARD: Card = {
  ...{ loginId: 'l', login: LOGIN, createdAt: 0, passwordDigest: 'd', isScheduledRefresh: true, statements: true },
  ...{ lastLiveAt: 0, dataAsOf: 0, pull: null, lastRefreshState: 'Completed', lastRefreshError: null },
  ...{ lastCachedCallAt: 0, storedAnswers: {} },
};

describe('the LoginId', () => {
  it('is institution, username in any case, language, instance and nothing else', () => {
    const id = loginIdOf('toolbox', LOGIN, 0);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(loginIdOf('toolbox', { ...LOGIN, username: 'GREATDAY' }, 0)).toBe(id);
    const others = [
      loginIdOf('private', LOGIN, 0),
      loginIdOf('toolbox', LOGIN, 1),
      loginIdOf('toolbox', { ...LOGIN, language: 'fr' }, 0),
      loginIdOf('toolbox', { ...LOGIN, institutionId: 15 }, 0),
      loginIdOf('toolbox', { ...LOGIN, username: 'Other' }, 0),
    ];
    expect(new Set([id, ...others]).size).toBe(6);
    expect(guid('a')).not.toBe(guid('b'));
    expect(keyOf(LOGIN)).toBe('14|greatday|en');
  });
});

describe('a pull', () => {
  it('has the summary first and the statements last', () => {
    const pull = beginPull(0, 'normal', 1000);
    const ready = (now: number) =>
      (['AccountsSummary', 'AccountsDetail', 'Statements'] as const).map(
        (endpoint) => readiness(pull, endpoint, true, now) === 'ready',
      );
    expect([ready(999), ready(1000), ready(2000), ready(3000)]).toEqual([
      [false, false, false],
      [true, false, false],
      [true, true, false],
      [true, true, true],
    ]);
    expect(readiness(storedPull(5), 'Statements', true, 5)).toBe('ready');
  });

  it('ends with its data, with a code, or at the cap', () => {
    expect(endOf(beginPull(0, 'normal', 1000), TIMERS.session)).toEqual({ at: 2000, code: null });
    expect(endOf(beginPull(0, 'dispatched', 1000), TIMERS.session)).toEqual({ at: 2000, code: null });
    expect(endOf(beginPull(0, 'NEW_ACCOUNT', 1000), TIMERS.session)).toEqual({ at: 2000, code: 'NEW_ACCOUNT' });
    const capped = { at: TIMERS.session, code: 'SESSION_EXPIRED' };
    expect(endOf(beginPull(0, 'pending', 1000), TIMERS.session)).toEqual(capped);
    expect(endOf(beginPull(0, 'normal', TIMERS.session), TIMERS.session)).toEqual(capped);
  });
});

describe('a card', () => {
  it('takes its data in, or the code, when the pull ends', () => {
    const pulling: Card = {
      ...CARD,
      dataAsOf: null,
      pull: beginPull(10, 'normal', 1000),
      lastRefreshError: 'RETRY_LATER',
    };
    expect(settle(pulling, 2009, TIMERS)).toEqual(pulling);
    expect(settle(pulling, 9999, TIMERS)).toMatchObject({ pull: null, dataAsOf: 2010, lastRefreshError: null });
    const failing: Card = { ...CARD, pull: beginPull(10, 'NEW_ACCOUNT', 1000) };
    expect(settle(failing, 9999, TIMERS)).toMatchObject({ pull: null, dataAsOf: 0, lastRefreshError: 'NEW_ACCOUNT' });
  });

  it('loses its login after 30 days and its data after 90', () => {
    const at = (ms: number) => {
      const { passwordDigest, dataAsOf } = settle(CARD, ms, TIMERS);
      return [passwordDigest !== null, dataAsOf !== null];
    };
    expect([at(30 * DAY - 1), at(30 * DAY), at(90 * DAY - 1), at(90 * DAY)]).toEqual([
      [true, true],
      [false, true],
      [false, true],
      [false, false],
    ]);
  });

  it('knows its next moment', () => {
    expect(dueOfCard(CARD, TIMERS)).toBe(30 * DAY);
    expect(dueOfCard({ ...CARD, passwordDigest: null }, TIMERS)).toBe(90 * DAY);
    expect(dueOfCard({ ...CARD, pull: beginPull(0, 'normal', 10) }, TIMERS)).toBe(20);
    expect(dueOfCard({ ...CARD, passwordDigest: null, dataAsOf: null }, TIMERS)).toBe(Infinity);
  });

  it.each<[string, Partial<Card>, boolean]>([
    ['fresh', {}, true],
    ['not scheduled', { isScheduledRefresh: false }, false],
    ['not refreshed for a week', { dataAsOf: -1 }, false],
    ['never refreshed', { dataAsOf: null }, false],
    ['not looked at for a week', { lastCachedCallAt: -1 }, false],
    ['never looked at', { lastCachedCallAt: null }, false],
  ])('%s: nightly run', (_name, change, eligible) => {
    expect(isEligible({ ...CARD, ...change }, 7 * DAY, true)).toBe(eligible);
  });

  it.each(FLINKS_CODES)('after %s the nightly run goes on only when it was transient', (lastRefreshError) => {
    expect(isEligible({ ...CARD, lastRefreshError }, 0, true)).toBe(TRANSIENT_CODES.includes(lastRefreshError));
  });
});

describe('the night', () => {
  it.each([
    ['2026-11-20T03:59:59.999Z', '2026-11-20T04:00:00.000Z'],
    ['2026-11-20T04:00:00.000Z', '2026-11-21T04:00:00.000Z'],
    ['2026-12-31T23:00:00.000Z', '2027-01-01T04:00:00.000Z'],
  ])('after %s is %s', (moment, night) => {
    expect(new Date(nightAfter(Date.parse(moment))).toISOString()).toBe(night);
  });
});
