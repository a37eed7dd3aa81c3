import { roundOf } from '../data/challenges.js';
import { type Arrival, DEFAULT_QUERY, type Session } from './session.js';
import { advance, after, answer, arrive, dueOf } from './session-machine.js';

const MINUTE = 60_000;
const PACE = {
  stepMs: 1000,
  timers: {
    ...{ token: 30 * MINUTE, dialogue: 8 * MINUTE, session: 30 * MINUTE, afterDetail: MINUTE },
    ...{ credentials: 1, data: 1 },
  },
};
const BLANK: Session = {
  ...{ requestId: 'r', login: { institutionId: 14, username: 'Greatday', language: 'en' }, loginId: null },
  ...{ cause: 'credentials', save: true, scheduleRefresh: false, statements: true, tag: null, passwordDigest: null },
  ...{ keepsAnswers: false, keptAnswers: {}, rounds: [], wrongAnswers: 0, manner: 'normal' },
  phase: { kind: 'closed', at: 0 },
  polls: { AccountsSummary: 0, AccountsDetail: 0, Statements: 0 },
  asked: { AccountsSummary: DEFAULT_QUERY, AccountsDetail: DEFAULT_QUERY, Statements: DEFAULT_QUERY },
  detailAnsweredAt: null,
};
const begun = (arrival: Arrival, at = 0, change: Partial<Session> = {}): Session =>
  arrive({ ...BLANK, ...change }, arrival, at, PACE);
const CHALLENGED: Arrival = { kind: 'challenged', wrong: false };
const RIGHT = { 'What city were you born in?': ['Montreal'] };
const WRONG = { 'What city were you born in?': ['Regina'] };

describe('a session in time', () => {
  it('works, asks, expires and is forgotten, also when nobody looks', () => {
    const phase = { kind: 'working', until: 1000, next: CHALLENGED } as const;
    const working: Session = { ...BLANK, phase };
    expect(advance(working, 999, PACE)).toBe(working);
    expect(advance(working, 1000, PACE)?.phase).toEqual({ kind: 'challenged', since: 1000, wrong: false });
    const expired = { kind: 'failed', at: 1000 + 8 * MINUTE, code: 'SESSION_EXPIRED' };
    expect(advance(working, 20 * MINUTE, PACE)?.phase).toEqual(expired);
    expect(advance(working, 1000 + 68 * MINUTE, PACE)).toBeNull();
  });

  it('closes half an hour after it was authorized, or a minute after its detail', () => {
    const open = begun({ kind: 'authorized' });
    expect(advance(open, 30 * MINUTE - 1, PACE)).toBe(open);
    expect(advance(open, 30 * MINUTE, PACE)?.phase).toEqual({ kind: 'closed', at: 30 * MINUTE });
    expect(dueOf({ ...open, detailAnsweredAt: 5 * MINUTE }, PACE)).toBe(6 * MINUTE);
  });

  it('that never got its data expires instead', () => {
    const stuck = begun({ kind: 'authorized' }, 0, { manner: 'pending' });
    expect(advance(stuck, 30 * MINUTE, PACE)?.phase).toMatchObject({ kind: 'failed', code: 'SESSION_EXPIRED' });
  });
});

describe('an answer', () => {
  const asked = begun(CHALLENGED, 0, { rounds: [roundOf(['city'], 'en'), roundOf(['shape'], 'en')] });

  it('leads to the next round, and the last one in', () => {
    const first = answer(asked, RIGHT, 3);
    if (typeof first === 'string') throw new Error(first);
    expect([first.arrival, first.session.rounds.length]).toEqual([CHALLENGED, 1]);
    expect(after(0)).toEqual({ kind: 'authorized' });
  });

  it('that is wrong counts, up to the last one', () => {
    let session = asked;
    const arrivals: unknown[] = [];
    for (let n = 0; n < 2; n += 1) {
      const answered = answer(session, WRONG, 2);
      if (typeof answered === 'string') throw new Error(answered);
      arrivals.push(answered.arrival);
      session = answered.session;
    }
    expect(arrivals).toEqual([
      { kind: 'challenged', wrong: true },
      { kind: 'failed', code: 'INVALID_SECURITY_RESPONSE_NO_RETRY' },
    ]);
  });

  it('that does not fit changes nothing', () => {
    expect(answer(asked, {}, 3)).toEqual({ session: asked, arrival: null });
    expect(answer(asked, { Other: ['x'] }, 3)).toBe('UNKNOWN_CHALLENGE_KEY');
    expect(answer({ ...asked, rounds: [] }, RIGHT, 3)).toBe('ALREADY_AUTHORIZED');
  });

  it('is kept as a digest, and only when it may be', () => {
    const kept = (keepsAnswers: boolean) => {
      const answered = answer({ ...asked, keepsAnswers }, RIGHT, 3);
      return typeof answered === 'string' ? null : answered.session.keptAnswers;
    };
    expect(kept(false)).toEqual({});
    expect(Object.keys(kept(true) ?? {})).toEqual(Object.keys(RIGHT));
    expect(JSON.stringify(kept(true))).not.toMatch(/montreal/i);
  });
});
