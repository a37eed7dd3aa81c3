import { consentStatus, dataStatus, FRESHNESS_MS, type ConsentStatus, type DataStatus } from './clocks.js';
import type { Connection } from './connection.js';
import type { ConnectionEvent, Evidence } from './connection-event.js';
import {
  attemptSentence,
  consentSentence,
  dataSentence,
  eventSentence,
  loginSentence,
  quotaSentence,
  stateSentence,
  syncSentence,
  WHO,
} from './explain-words.js';
import type { ExplainedAttempt, ExplainedFacts } from './explained-facts.js';
import { nextAction, type NextAction } from './next-action.js';
import { toldAction } from './told-action.js';

export const UPCOMING = ['deadline', 'reading', 'sync', 'data_stale', 'consent_renewable', 'consent_end'] as const;

/** What comes at a time that is known. */
export interface Upcoming {
  readonly at: Date;
  readonly what: (typeof UPCOMING)[number];
  readonly by: 'mooring' | 'user' | 'time';
}

/** What happened to a connection, on what evidence, and what comes next, by whom and when. */
export interface Explanation {
  /** A few plain sentences. */
  readonly summary: string;
  /** Without addresses at the bank and without what a question shows: those are in the connection itself. */
  readonly nextAction: NextAction;
  /** When Mooring itself looks at the provider again. `null` = only when somebody acts. */
  readonly mooringLooksAgainAt: Date | null;
  /** By time. */
  readonly upcoming: readonly Upcoming[];
  readonly consent: { readonly text: string; readonly status: ConsentStatus; readonly expiresAt: Date | null };
  readonly data: { readonly text: string; readonly status: DataStatus; readonly asOf: Date | null };
  readonly sync: {
    readonly text: string;
    readonly pausedSince: Date | null;
    readonly nextSyncAt: Date | null;
    readonly nextWatchAt: Date | null;
    readonly retryAt: Date | null;
    readonly failuresInARow: number;
  };
  readonly quota: {
    readonly text: string;
    readonly unattendedPerDay: number;
    readonly unattendedSpent: number;
    readonly unattendedLeft: number;
    readonly attendedSpent: number;
  };
  readonly login: { readonly text: string; readonly wrongLogins: number; readonly guarded: boolean };
  readonly attempts: readonly (ExplainedAttempt & { readonly text: string })[];
  /** The newest events, oldest first, each as a sentence with its data. */
  readonly story: readonly { readonly text: string; readonly event: ConnectionEvent }[];
}

/** Every member is named one by one: what is not named here is not told. */
export function explain(connection: Connection, facts: ExplainedFacts, now: Date): Explanation {
  const action = toldAction(nextAction(connection, facts.capabilities, now));
  const looks = nextLook(connection);
  const sentences = [
    stateSentence(connection),
    action.message,
    WHO[action.by],
    ...(looks === null ? [] : [`Mooring reads the provider again at ${looks.toISOString()}.`]),
  ];
  return {
    summary: sentences.join(' '),
    nextAction: action,
    mooringLooksAgainAt: looks,
    upcoming: upcoming(connection, action, now),
    ...clocks(connection, now),
    sync: syncOf(connection),
    quota: quotaOf(facts),
    login: {
      text: loginSentence(connection, facts.login),
      wrongLogins: connection.wrongLoginCount,
      guarded: facts.login.refused >= facts.login.most,
    },
    attempts: facts.attempts.map(attemptOf),
    story: facts.events.map(eventOf).map((event) => ({ text: eventSentence(event), event })),
  };
}

/** A healthy connection is read by its sync, others by their watch, some by both. */
function nextLook({ nextWatchAt, nextSyncAt, syncPausedAt }: Connection): Date | null {
  const syncAt = syncPausedAt === null ? nextSyncAt : null;
  if (nextWatchAt === null || syncAt === null) return nextWatchAt ?? syncAt;
  return syncAt < nextWatchAt ? syncAt : nextWatchAt;
}

function upcoming(connection: Connection, action: NextAction, now: Date): Upcoming[] {
  const { consentExpiresAt, consentRenewableFrom, dataAsOf, nextSyncAt, nextWatchAt, state, syncPausedAt } = connection;
  const isOver = state === 'deleting' || state === 'deleted';
  const stale = dataAsOf && new Date(dataAsOf.getTime() + FRESHNESS_MS);
  const known: readonly (readonly [Date | null | undefined, Upcoming['what'], Upcoming['by']])[] = [
    [action.deadline, 'deadline', 'user'],
    [nextWatchAt, 'reading', 'mooring'],
    [syncPausedAt === null ? nextSyncAt : null, 'sync', 'mooring'],
    ...(isOver
      ? []
      : ([
          [future(stale, now), 'data_stale', 'time'],
          [future(consentRenewableFrom, now), 'consent_renewable', 'user'],
          [future(consentExpiresAt, now), 'consent_end', 'time'],
        ] as const)),
  ];
  return known
    .flatMap(([at, what, by]) => (at ? [{ at, what, by }] : []))
    .sort((one, other) => one.at.getTime() - other.at.getTime());
}

function future(at: Date | null, now: Date): Date | null {
  return at && at > now ? at : null;
}

function clocks(connection: Connection, now: Date): Pick<Explanation, 'consent' | 'data'> {
  const { consentExpiresAt: expiresAt, dataAsOf: asOf } = connection;
  return {
    consent: { text: consentSentence(connection, now), status: consentStatus(connection, now), expiresAt },
    data: { text: dataSentence(connection, now), status: dataStatus(connection, now), asOf },
  };
}

function syncOf(connection: Connection): Explanation['sync'] {
  const { syncPausedAt: pausedSince, nextSyncAt, nextWatchAt, retryAt, consecutiveFailures } = connection;
  const text = syncSentence(connection);
  return { text, pausedSince, nextSyncAt, nextWatchAt, retryAt, failuresInARow: consecutiveFailures };
}

function quotaOf(facts: ExplainedFacts): Explanation['quota'] {
  const { capabilities, spent } = facts;
  const most = capabilities.refresh === 'on_demand' ? capabilities.limits.unattendedRefreshesPerDay : 0;
  const left = Math.max(0, most - spent.unattended);
  return {
    text: quotaSentence(facts, left),
    unattendedPerDay: most,
    unattendedSpent: spent.unattended,
    unattendedLeft: left,
    attendedSpent: spent.attended,
  };
}

function attemptOf(attempt: ExplainedAttempt): ExplainedAttempt & { readonly text: string } {
  const { startedAt, finishedAt, trigger, attended, reason, outcome, spent } = attempt;
  return {
    text: attemptSentence(attempt),
    ...{ startedAt, finishedAt, trigger, attended, reason, outcome, spent },
  };
}

function eventOf(event: ConnectionEvent): ConnectionEvent {
  const { seq, at, providerAt, from, to, cause, trigger, actor, requestId } = event;
  return { seq, at, providerAt, from, to, cause, trigger, actor, requestId, evidence: evidenceOf(event.evidence) };
}

function evidenceOf(evidence: Evidence): Evidence {
  const { providerStatus, httpStatus, providerErrorCode, providerRequestId, note } = evidence;
  return {
    ...(providerStatus !== undefined && { providerStatus }),
    ...(httpStatus !== undefined && { httpStatus }),
    ...(providerErrorCode !== undefined && { providerErrorCode }),
    ...(providerRequestId !== undefined && { providerRequestId }),
    ...(note !== undefined && { note }),
  };
}
