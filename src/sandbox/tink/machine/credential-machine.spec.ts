import fc from 'fast-check';
import { OUTCOMES } from '../data/demo-users.js';
import { STATUSES } from '../wire.types.js';
import { advance, answer, approve, cancel, force, modify, move, start } from './credential-machine.js';
import type { Credential, Flow, RunRequest } from './credential.js';
import { THIRD_PARTY_TIMEOUT_MS } from './plan.js';
import { mayMove } from './transitions.js';

const T0 = Date.parse('2026-11-20T10:00:00Z');
const STEP = 1000;
const DAY = 86_400_000;

const FLOWS: readonly Flow[] = [
  { kind: 'password' },
  { kind: 'questions', script: 'otp' },
  { kind: 'questions', script: 'templates' },
  { kind: 'questions', script: 'two-rounds' },
  { kind: 'bankid', token: true, auto: false },
  { kind: 'bankid', token: false, auto: true },
  { kind: 'third-party', auto: null },
  { kind: 'third-party', auto: 'success' },
  { kind: 'third-party', auto: 'failed' },
  { kind: 'third-party', auto: 'cancelled' },
  { kind: 'switched-off' },
];

function fresh(flow: Flow, change: Partial<Credential> = {}): Credential {
  return {
    ...{ id: 'c1', userId: 'u1', providerName: 'p', type: 'THIRD_PARTY_APP', flow, openBanking: true },
    ...{ sessionMs: 90 * DAY, created: T0, status: 'CREATED', statusUpdated: T0, statusPayload: null, updated: null },
    ...{ dataAsOf: null, detailedError: null, sessionExpiryDate: null, sessionAlive: false, fields: {} },
    ...{ fieldsDigest: null, login: 'x', outcome: 'all-data', appUri: 'tink://open', callbackUri: null, run: null },
    ...change,
  };
}

const request = (now: number, change: Partial<RunRequest> = {}): RunRequest => ({
  ...{ pulls: true, authenticate: false, userAvailable: null, token: `token-${now}`, now, stepMs: STEP },
  ...change,
});

/** Statuses with the time of each change, looked at every half step. */
function watch(credential: Credential, from: number, forMs: number): readonly [string, number][] {
  const seen: [string, number][] = [];
  for (let now = from; now <= from + forMs; now += STEP / 2) {
    const { status, statusUpdated } = advance(credential, now);
    if (seen.at(-1)?.[1] !== statusUpdated) seen.push([status, statusUpdated]);
  }
  return seen;
}

describe('a run', () => {
  it('of a password goes through the published statuses, one step each', () => {
    expect(watch(start(fresh({ kind: 'password' }), request(T0)), T0, 5000)).toEqual([
      ['CREATED', T0],
      ['AUTHENTICATING', T0 + 1000],
      ['UPDATING', T0 + 2000],
      ['UPDATED', T0 + 3000],
    ]);
  });

  it('looks the same however late it is read', () => {
    const started = start(fresh({ kind: 'password' }), request(T0));
    const often = [500, 1000, 1500, 2500, 60_000].reduce((c, ms) => advance(c, T0 + ms), started);
    expect(advance(started, T0 + 60_000)).toEqual(often);
  });

  it('sets `updated` and a session only when UPDATED is reached', () => {
    const started = start(fresh({ kind: 'third-party', auto: 'success' }), request(T0));
    expect(advance(started, T0 + 5999)).toMatchObject({ status: 'UPDATING', updated: null, sessionExpiryDate: null });
    expect(advance(started, T0 + 6000)).toMatchObject({ updated: T0 + 6000, sessionExpiryDate: T0 + 6000 + 90 * DAY });
  });

  it('with no time between steps still counts statusUpdated up', () => {
    const started = start(fresh({ kind: 'password' }), request(T0, { stepMs: 0 }));
    expect(advance(started, T0)).toMatchObject({ status: 'UPDATED', statusUpdated: T0 + 3 });
  });

  it('keeps the old status for a step after a refresh was accepted', () => {
    const idle = fresh({ kind: 'password' }, { status: 'UPDATED', updated: T0 - 9, openBanking: false });
    const seen = watch(start(idle, request(T0)), T0, 3500).map(([status]) => status);
    expect(seen).toEqual(['UPDATED', 'AUTHENTICATING', 'UPDATING', 'UPDATED']);
  });

  it('that only renews the session leaves the data where it was', () => {
    const idle = fresh({ kind: 'third-party', auto: 'success' }, { status: 'UPDATED', dataAsOf: T0 - DAY });
    const renewed = advance(start(idle, request(T0, { pulls: false, authenticate: true })), T0 + 10_000);
    expect(renewed).toMatchObject({ status: 'UPDATED', dataAsOf: T0 - DAY, sessionAlive: true });
  });
});

describe('the user', () => {
  const asked = advance(start(fresh({ kind: 'questions', script: 'two-rounds' }), request(T0)), T0 + 2000);

  it('answers two rounds; the verdict shows a step later', () => {
    const first = answer(asked, { loginInputField: '1234' }, T0 + 3000, STEP);
    if (!first) throw new Error('no question');
    expect(advance(first, T0 + 3999)).toMatchObject({ statusUpdated: T0 + 2000 });
    expect(answer(first, { loginInputField: '1234' }, T0 + 3500, STEP)).toBeNull();
    const second = advance(first, T0 + 4000);
    expect(second).toMatchObject({ status: 'AWAITING_SUPPLEMENTAL_INFORMATION', statusUpdated: T0 + 4000 });
    const last = answer(second, { loginInputField: '4321' }, T0 + 4000, STEP);
    expect(last && advance(last, T0 + 9000).status).toBe('UPDATED');
  });

  it.each([
    [{ loginInputField: '9999' }, 'DYNAMIC_CREDENTIALS_INCORRECT'],
    [{ other: '1234' }, 'DYNAMIC_CREDENTIALS_INCORRECT'],
    [{}, 'DYNAMIC_CREDENTIALS_FLOW_CANCELLED'],
  ])('answers %j and fails with %s', (information, reason) => {
    const answered = answer(asked, information, T0 + 3000, STEP);
    expect(answered && advance(answered, T0 + 4000)).toMatchObject({
      status: 'AUTHENTICATION_ERROR',
      detailedError: { details: { reason } },
    });
  });

  it('has two minutes for a question and nine at the bank', () => {
    expect(advance(asked, T0 + 2000 + 119_999).status).toBe('AWAITING_SUPPLEMENTAL_INFORMATION');
    expect(advance(asked, T0 + 2000 + 120_000)).toMatchObject({
      status: 'AUTHENTICATION_ERROR',
      statusUpdated: T0 + 122_000,
      detailedError: { details: { reason: 'DYNAMIC_CREDENTIALS_FLOW_TIMEOUT' } },
    });
    const away = advance(start(fresh({ kind: 'third-party', auto: null }), request(T0)), T0 + 2000);
    expect(advance(away, T0 + 2000 + THIRD_PARTY_TIMEOUT_MS - 1).status).toBe(
      'AWAITING_THIRD_PARTY_APP_AUTHENTICATION',
    );
    expect(advance(away, T0 + 2000 + THIRD_PARTY_TIMEOUT_MS).status).toBe('AUTHENTICATION_ERROR');
  });
});

describe('a session', () => {
  const over = { status: 'UPDATED', sessionAlive: true, sessionExpiryDate: T0 + DAY } as const;

  it('ends by itself at its date', () => {
    const idle = fresh({ kind: 'third-party', auto: null }, over);
    expect(advance(idle, T0 + DAY - 1).status).toBe('UPDATED');
    expect(advance(idle, T0 + 5 * DAY)).toMatchObject({ status: 'SESSION_EXPIRED', statusUpdated: T0 + DAY });
  });

  it('that the bank killed asks a present user again and expires without one', () => {
    const killed = fresh({ kind: 'third-party', auto: null }, { ...over, sessionAlive: false });
    expect(advance(start(killed, request(T0)), T0 + 2000).status).toBe('AWAITING_THIRD_PARTY_APP_AUTHENTICATION');
    const unattended = start(killed, request(T0, { userAvailable: false }));
    expect(watch(unattended, T0, 3000).map(([status]) => status)).toEqual(['UPDATED', 'SESSION_EXPIRED']);
  });

  it('once expired needs a user who is said to be there', () => {
    const expired = fresh({ kind: 'third-party', auto: null }, { ...over, status: 'SESSION_EXPIRED' });
    const silent = advance(start(expired, request(T0)), T0 + 1000);
    expect(silent).toMatchObject({ status: 'SESSION_EXPIRED', statusUpdated: T0 + 1000, run: null });
    const present = start(expired, request(T0, { userAvailable: true }));
    expect(advance(present, T0 + 2000).status).toBe('AWAITING_THIRD_PARTY_APP_AUTHENTICATION');
  });
});

describe('the table', () => {
  it.each(STATUSES)('is obeyed by every move from %s', (from) => {
    for (const to of STATUSES.filter((status) => status !== from)) {
      const attempt = (): Credential => move(fresh({ kind: 'password' }, { status: from }), to, T0);
      if (mayMove(from, to)) expect(attempt()).toMatchObject({ status: to, statusUpdated: T0 + 1 });
      else expect(attempt).toThrow(/no way/);
    }
  });

  it('can be overruled for a test, which also ends the run', () => {
    const running = start(fresh({ kind: 'password' }), request(T0));
    const forced = force(running, { status: 'PERMANENT_ERROR', detailedError: null, statusPayload: 'x' }, T0 + 5);
    expect(advance(forced, T0 + DAY)).toMatchObject({ status: 'PERMANENT_ERROR', statusUpdated: T0 + 5, run: null });
  });

  it('is obeyed whatever banks, users and callers do', () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 10 * 60_000 }) }),
      fc.record({
        kind: fc.constant('refresh' as const),
        authenticate: fc.boolean(),
        userAvailable: fc.constantFrom(true, false, null),
      }),
      fc.record({ kind: fc.constant('outcome' as const), outcome: fc.constantFrom(...OUTCOMES) }),
      fc.record({ kind: fc.constantFrom('modify' as const, 'approve' as const, 'cancel' as const, 'kill' as const) }),
      fc.record({ kind: fc.constant('answer' as const), code: fc.constantFrom('1234', '4321', '0000') }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...FLOWS),
        fc.boolean(),
        fc.array(act, { maxLength: 40 }),
        (flow, openBanking, acts) => {
          let now = T0;
          let credential = start(fresh(flow, { openBanking }), request(now));
          for (const one of acts) {
            const before = credential.statusUpdated;
            if (one.kind === 'wait') now += one.ms;
            credential = advance(credential, now);
            credential = apply(credential, one, now);
            expect(credential.statusUpdated).toBeGreaterThanOrEqual(before);
          }
          expect(advance(credential, now + DAY).run).toBeNull();
        },
      ),
    );
  });
});

type Act =
  | { kind: 'wait'; ms: number }
  | { kind: 'refresh'; authenticate: boolean; userAvailable: boolean | null }
  | { kind: 'outcome'; outcome: Credential['outcome'] }
  | { kind: 'modify' | 'approve' | 'cancel' | 'kill' }
  | { kind: 'answer'; code: string };

/** Every move that breaks the table throws. */
function apply(credential: Credential, one: Act, now: number): Credential {
  const idle = credential.run === null && credential.status !== 'PERMANENT_ERROR';
  switch (one.kind) {
    case 'wait':
      return credential;
    case 'refresh':
      return idle ? start(credential, request(now, one)) : credential;
    case 'outcome':
      return { ...credential, outcome: one.outcome };
    case 'modify':
      return idle ? start(modify(credential, now), request(now)) : credential;
    case 'approve':
      return approve(credential, credential.outcome, now, STEP) ?? credential;
    case 'cancel':
      return cancel(credential, now, STEP) ?? credential;
    case 'kill':
      return { ...credential, sessionAlive: false };
    case 'answer':
      return answer(credential, { loginInputField: one.code, method: 'SMS' }, now, STEP) ?? credential;
  }
}
