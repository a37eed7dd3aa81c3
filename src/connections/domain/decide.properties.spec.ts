import fc from 'fast-check';

import { CAUSES, OBSERVED_STATES, type Observation } from '../../credentials/observation.js';
import { at, connection, NOON } from '../../../test/factories/connection.factory.js';
import { observed } from '../../../test/factories/observation.factory.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { Connection } from './connection.js';
import { CONNECTION_STATES, isMoving, TRANSITIONS } from './connection-state.js';
import { decide, type DecisionContext, type DeletionStarted } from './decide.js';
import { isUnknownStatus } from './reading-order.js';

type Step = Observation | DeletionStarted;

/** Of each of the fifteen properties. */
const RUNS = { numRuns: 350 };
const DAY = 86_400_000;
const RHYTHMS: readonly DecisionContext['rhythm'][] = [
  null,
  { kind: 'refresh', everyMs: DAY / 4, refreshEveryMs: DAY },
  { kind: 'read', everyMs: DAY / 4 },
];

const time = fc.integer({ min: -20, max: 20 }).map((second) => at(second * 1000));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const observation: fc.Arbitrary<Observation> = fc
  .record(
    {
      state: fc.constantFrom(...OBSERVED_STATES),
      cause: fc.constantFrom(...CAUSES),
      providerStatus: fc.constantFrom('A', 'B', 'C'),
      providerStatusAt: maybe(time),
      consentExpiresAt: maybe(time),
      dataAsOf: maybe(time),
      degradedGroups: fc.subarray(['accounts', 'loans']),
      retryAt: time,
      credentialId: fc.constant(new Opened('a new id')),
      sessionRef: fc.constant(new Opened('a session')),
    },
    { requiredKeys: ['state', 'cause', 'providerStatus', 'providerStatusAt'] },
  )
  .map((made) => ({ ...observed(made.state), ...made }));

const live = observation.filter((made) => made.state !== 'deleted' && !isUnknownStatus(made));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: observation },
  { weight: 1, arbitrary: fc.constant<Step>({ state: 'deleting' }) },
);

const context = (tick: number, more: Partial<DecisionContext> = {}): DecisionContext => ({
  ...{
    now: at(tick * 1000),
    trigger: 'sync',
    actor: 'watcher',
    requestId: null,
    renewBeforeExpiry: true,
    rhythm: null,
  },
  ...more,
});

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

/** Plays steps one after the other; `each` sees every one but what comes while the connection is being deleted. */
function play(
  steps: readonly Step[],
  each: (before: Connection, step: Step, after: Connection | null) => void,
  more: Partial<DecisionContext> = {},
) {
  let now = connection({ providerStatusAt: at(-20_000) });
  steps.forEach((one, tick) => {
    const decision = decide(frozen(now), frozen(one), frozen(context(tick, more)));
    const isLate = now.state === 'deleting' && one.state !== 'deleting' && one.state !== 'deleted';
    if (!isLate) each(now, one, decision.kind === 'apply' ? decision.next : null);
    if (decision.kind === 'apply') now = decision.next;
  });
  return now;
}

describe('decide, for any observations in any order', () => {
  const sequences = fc.array(step, { maxLength: 30 });

  it('shows the newest observation that it accepted, and nothing older than it', () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        let newest: number | null = at(-20_000).getTime();
        play([...steps, ...steps], (before, one, after) => {
          if (!after) return;
          expect(after.state).toBe(one.state);
          if (one.state === 'deleting') return;
          const observedAt = one.providerStatusAt?.getTime() ?? newest;
          expect(observedAt).toBeGreaterThanOrEqual(newest ?? -Infinity);
          expect(after.providerStatusAt?.getTime()).toBe(observedAt);
          expect(after.providerStatus).toBe(one.providerStatus);
          const again = one.providerStatusAt?.getTime() === before.providerStatusAt?.getTime();
          const keptCause = one.cause === 'unknown' && again && before.state === one.state;
          if (!keptCause) expect(after.cause).toBe(one.cause);
          newest = observedAt;
        });
      }),
      RUNS,
    );
  });

  it('ends in the state with the newest time, whatever the order and however often each comes', () => {
    const timed = fc.uniqueArray(fc.record({ second: fc.integer({ min: -19, max: 20 }), made: live }), {
      minLength: 1,
      maxLength: 12,
      selector: ({ second }) => second,
    });
    fc.assert(
      fc.property(
        timed.chain((made) => {
          const readings = made.map(({ second, made: one }) => ({ ...one, providerStatusAt: at(second * 1000) }));
          return fc.tuple(
            fc.constant(readings),
            fc.shuffledSubarray([...readings, ...readings], { minLength: readings.length * 2 }),
          );
        }),
        ([readings, shuffled]) => {
          const latest = readings.reduce((a, b) => (a.providerStatusAt > b.providerStatusAt ? a : b));
          const end = play(shuffled, () => undefined);
          expect([end.state, end.cause, end.providerStatusAt]).toEqual([
            latest.state,
            latest.cause,
            latest.providerStatusAt,
          ]);
        },
      ),
      RUNS,
    );
  });

  it('is not moved by a reading without a time that began before the last write', () => {
    fc.assert(
      fc.property(observation, fc.integer({ min: 1, max: 9 }), (late, readAt) => {
        const before = connection({ version: readAt + 1, providerStatusAt: at(0) });
        const decision = decide(before, { ...late, providerStatusAt: null }, context(1, { readAt }));
        expect(decision.kind).toBe('refuse');
        const timely = decide(
          { ...before, version: readAt },
          { ...late, providerStatusAt: null },
          context(1, { readAt }),
        );
        expect(timely.kind).toBe(isUnknownStatus(late) ? 'refuse' : 'apply');
      }),
      RUNS,
    );
  });

  it('keeps of what comes late to a deletion only which credential is to be deleted', () => {
    fc.assert(
      fc.property(observation, (late) => {
        const before = connection({ state: 'deleting', nextSyncAt: null });
        const decision = decide(before, late, context(1));
        if (late.state === 'deleted') return;
        expect(decision.kind).toBe(late.credentialId ? 'apply' : 'refuse');
        if (decision.kind === 'refuse') return;
        const { credentialId, sessionRef, nextWatchAt, updatedAt } = decision.next;
        expect(decision).toEqual({
          kind: 'apply',
          next: { ...before, credentialId, sessionRef, nextWatchAt, updatedAt },
          event: null,
        });
        expect([credentialId, sessionRef]).toEqual([late.credentialId, late.sessionRef ?? null]);
        expect(nextWatchAt?.getTime()).toBeGreaterThan(updatedAt.getTime());
      }),
      RUNS,
    );
  });

  it('is not moved by a status word that nobody knows', () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        play(steps, (_before, one, after) => {
          if (one.state !== 'deleting' && isUnknownStatus(one)) expect(after).toBeNull();
        });
      }),
      RUNS,
    );
  });

  it('lets no state keep what belongs to another', () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        play(steps, (_before, _one, after) => {
          if (!after) return;
          expect(after.challenge !== null).toBe(after.state === 'awaiting_user');
          if (!isMoving(after.state) && after.state !== 'deleting') expect(after.sessionRef).toBeNull();
          expect(after.retryAt !== null).toBe(after.state === 'retrying');
          if (after.state !== 'active') expect(after.nextSyncAt).toBeNull();
          if (after.state === 'active') expect([after.consecutiveFailures, after.wrongLoginCount]).toEqual([0, 0]);
          expect(after.deletedAt !== null).toBe(after.state === 'deleted');
          expect(after.credentialId === null).toBe(after.state === 'deleted');
          expect(after.fingerprint === null).toBe(after.state === 'deleted');
        });
      }),
      RUNS,
    );
  });

  it('plans a sync only for what is healthy or tries again, and never where nobody may', () => {
    fc.assert(
      fc.property(sequences, fc.constantFrom(...RHYTHMS), fc.boolean(), (steps, rhythm, paused) => {
        const allowed: readonly string[] = ['active', 'retrying'];
        play(
          steps,
          (_before, one, after) => {
            if (!after) return;
            if (!allowed.includes(after.state) || !rhythm) expect(after.nextSyncAt).toBeNull();
            else if (after.state === 'active') expect(after.nextSyncAt).not.toBeNull();
            if (after.state === 'retrying' && rhythm?.kind === 'read') expect(after.nextSyncAt).toBeNull();
            if (one.state === 'failed' || one.state === 'deleted') expect(after.nextWatchAt).toBeNull();
          },
          { rhythm, trigger: paused ? 'sync' : 'webhook' },
        );
      }),
      RUNS,
    );
  });

  it('counts upwards by one, or starts again from nothing', () => {
    fc.assert(
      fc.property(sequences, maybe(fc.nat(3)), (steps, fence) => {
        play(
          [...steps, ...steps],
          (before, _one, after) => {
            if (!after) return;
            for (const counter of ['consecutiveFailures', 'wrongLoginCount'] as const) {
              expect([0, before[counter], before[counter] + 1]).toContain(after[counter]);
            }
          },
          fence === null ? {} : { fence },
        );
      }),
      RUNS,
    );
  });

  it('never brings a deleted connection back, whatever comes late', () => {
    const gone = observation.map((made): Observation => ({ ...made, state: 'deleted', cause: 'none' }));
    fc.assert(
      fc.property(sequences, gone, sequences, fc.boolean(), (before, deletion, late, ours) => {
        const first = ours ? [{ state: 'deleting' } as const] : [];
        let buried: Connection | null = null;
        play([...before, ...first, { ...deletion, providerStatusAt: null }, ...late], (_before, _one, after) => {
          if (buried) expect(after).toBeNull();
          else if (after?.state === 'deleted') buried = after;
        });
        expect(buried).toMatchObject({ state: 'deleted', credentialId: null, fingerprint: null, nextSyncAt: null });
      }),
      RUNS,
    );
  });

  it('is caught by no time of the future: whatever comes later in truth still counts', () => {
    const far = fc.integer({ min: 2, max: 3650 }).map((days) => at(days * DAY));
    fc.assert(
      fc.property(live, far, live, fc.integer({ min: 1, max: 20 }), (odd, future, healthy, second) => {
        const truth = { ...healthy, providerStatusAt: at(second * 1000) };
        const end = play([{ ...odd, providerStatusAt: future, dataAsOf: future }, truth], () => undefined);
        expect([end.state, end.cause]).toEqual([truth.state, truth.cause]);
        expect(end.dataAsOf).not.toEqual(future);
      }),
      RUNS,
    );
  });

  it('follows the table, and leaves a deletion for nothing', () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        play(steps, (before, _one, after) => {
          if (after) expect(TRANSITIONS[before.state]).toContain(after.state);
          if (before.state === 'deleted') expect(after).toBeNull();
          if (before.state === 'deleting' && after) expect(['deleting', 'deleted']).toContain(after.state);
        });
      }),
      RUNS,
    );
  });

  it('never touches identity, version, fence, pause and the label', () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        const { id, userId, provider, reference, version, fence, createdAt, syncPausedAt } = connection();
        const kept = { id, userId, provider, reference, version, fence, createdAt, syncPausedAt };
        expect(play(steps, () => undefined)).toMatchObject(kept);
      }),
      RUNS,
    );
  });

  it('never runs the freshness clock backwards and never plans a look into the past', () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        play(steps, (before, one, after) => {
          if (!after) return;
          expect(after.dataAsOf?.getTime()).toBeGreaterThanOrEqual(before.dataAsOf?.getTime() ?? 0);
          if (one.state !== 'deleting' && after.nextWatchAt) {
            expect(after.nextWatchAt.getTime()).toBeGreaterThan(after.updatedAt.getTime());
          }
        });
      }),
      RUNS,
    );
  });

  it('writes an event for every new state, with that state in it', () => {
    fc.assert(
      fc.property(step, fc.constantFrom(...CONNECTION_STATES), (one, state) => {
        const before = connection({ state, providerStatusAt: null });
        const decision = decide(before, one, context(0));
        if (decision.kind === 'refuse') return;
        if (decision.next.state !== state) expect(decision.event).toMatchObject({ from: state, to: one.state });
        if (decision.event) expect(decision.event.at).toEqual(NOON);
      }),
      RUNS,
    );
  });

  it('is pure: frozen input, and the same answer twice', () => {
    fc.assert(
      fc.property(step, fc.constantFrom(...CONNECTION_STATES), maybe(time), (one, state, known) => {
        const before = frozen(connection({ state, providerStatusAt: known }));
        const copy = structuredClone({ ...before, credentialId: null });
        const first = decide(before, frozen(one), frozen(context(1)));
        expect(decide(before, one, context(1))).toEqual(first);
        expect({ ...before, credentialId: null }).toEqual(copy);
      }),
      RUNS,
    );
  });

  it('refuses every fence that is older than the claim, and only those', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), observation, (held, brought, one) => {
        const decision = decide(
          connection({ fence: held, providerStatusAt: null }),
          one,
          context(0, { fence: brought }),
        );
        const stale = decision.kind === 'refuse' && decision.reason === 'stale_fence';
        expect(stale).toBe(brought < held);
      }),
      RUNS,
    );
  });
});
