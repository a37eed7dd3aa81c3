import type { Cause, Observation } from '../../credentials/observation.js';
import type { Connection } from './connection.js';
import type { Evidence, NewConnectionEvent, Trigger } from './connection-event.js';
import { isMoving, TRANSITIONS, type ConnectionState } from './connection-state.js';
import { consentRenewableFrom } from './clocks.js';
import { arrivedWhileDeleting, buried, deletionStarted } from './deletion-steps.js';
import { believable, compareWithKnown, isPlaced, isUnknownStatus, sameQuestion, tellsMore } from './reading-order.js';
import { statusWord } from './status-word.js';
import { isReadBySync, plannedSync, type SyncRhythm } from './sync-schedule.js';
import { nextWatchAt, retryAfterFailures, retryAgain } from './watch-schedule.js';

/** Who or what brought an observation, and when. */
export interface DecisionContext {
  readonly now: Date;
  readonly trigger: Trigger;
  readonly actor: string;
  readonly requestId: string | null;
  readonly evidence?: Evidence;
  /** The claim under which the provider was called; absent for a plain reading. */
  readonly fence?: number;
  /**
   * The version of the record from which a plain reading began; absent for what we did ourselves. A provider without
   * times does not tell whether its answer is from before or after what was written meanwhile.
   */
  readonly readAt?: number;
  /** The provider lets a consent be renewed while it is still valid. */
  readonly renewBeforeExpiry: boolean;
  /** `null` = the provider was switched off. */
  readonly rhythm: SyncRhythm | null;
}

/** Our own step into deletion; everything else comes from a provider. */
export interface DeletionStarted {
  readonly state: 'deleting';
}

export type RefusalReason =
  'out_of_order' | 'overtaken' | 'not_moved' | 'unknown_status' | 'stale_fence' | 'illegal_transition';

export type Decision =
  | {
      readonly kind: 'apply';
      readonly next: Connection;
      /** `null` = facts were brought up to date, the state did not change. */
      readonly event: NewConnectionEvent | null;
    }
  | { readonly kind: 'refuse'; readonly reason: RefusalReason };

/**
 * What an observation makes of a connection. Pure: the same input gives the same decision, and the decision carries
 * its reason. `ConnectionLifecycle.apply` is the only caller that writes the result.
 */
export function decide(
  connection: Connection,
  brought: Observation | DeletionStarted,
  context: DecisionContext,
): Decision {
  if (context.fence !== undefined && context.fence < connection.fence) return refuse('stale_fence');
  if (!TRANSITIONS[connection.state].includes(brought.state)) return refusedTransition(connection, brought, context);
  if (brought.state === 'deleting') return startDeletion(connection, context);
  const observation = believable(brought, context.now);
  if (isUnknownStatus(observation)) return refuse('unknown_status');

  const order = compareWithKnown(connection, observation);
  if (!isPlaced(connection, observation) && (context.readAt ?? connection.version) < connection.version) {
    return refuse('overtaken');
  }
  if (order === 'older') return refuse('out_of_order');
  if (order === 'same' && observation.state !== connection.state && !tellsMore(connection, observation)) {
    return refuse('not_moved');
  }

  const next = applyObservation(connection, observation, context);
  return { kind: 'apply', next, event: isNews(connection, next) ? eventOf(connection, next, context) : null };
}

function applyObservation(connection: Connection, observation: Observation, context: DecisionContext): Connection {
  const cause = causeOf(connection, observation);
  const changed = observation.state !== connection.state || cause !== connection.cause;
  const moved = hasMoved(connection, observation, context);
  const consent = consentOf(connection, observation, context);
  const counters = countersOf(connection, observation, moved);
  const base: Connection = {
    ...connection,
    ...consent,
    ...counters,
    credentialId: observation.credentialId ?? connection.credentialId,
    state: observation.state,
    cause,
    stateSince: changed ? context.now : connection.stateSince,
    providerStatus: statusWord(observation.providerStatus),
    providerStatusAt: observation.providerStatusAt ?? connection.providerStatusAt,
    // A challenge, a handle on running work and a retry time belong to their states and leave with them.
    sessionRef: isMoving(observation.state) ? (observation.sessionRef ?? connection.sessionRef) : null,
    challenge: observation.state === 'awaiting_user' ? (observation.challenge ?? null) : null,
    retryAt: observation.state === 'retrying' ? retryTime(connection, observation, counters, context, moved) : null,
    dataAsOf: newest(connection.dataAsOf, observation.dataAsOf),
    degradedGroups: observation.degradedGroups ?? connection.degradedGroups,
    lastSuccessAt: isSuccess(observation, context, moved) ? context.now : connection.lastSuccessAt,
    nextSyncAt: null,
    updatedAt: context.now,
  };
  if (observation.state === 'deleted') return buried(base, context.now);
  return planned({ ...base, nextSyncAt: plannedSync(connection, base, context.rhythm, context.now) }, context);
}

/** With the time of the next reading that nobody asks for. */
export function planned(connection: Connection, { rhythm, now }: Pick<DecisionContext, 'rhythm' | 'now'>): Connection {
  return { ...connection, nextWatchAt: isReadBySync(connection, rhythm) ? null : nextWatchAt(connection, now) };
}

/** An outcome, or a scheduled sync that found the connection healthy. */
function isSuccess({ state }: Observation, { trigger }: DecisionContext, moved: boolean): boolean {
  return state === 'active' && (moved || trigger === 'sync');
}

/** Details of an error that cannot be read this time are not forgotten. */
function causeOf(connection: Connection, observation: Observation): Cause {
  const sameFact = observation.state === connection.state && compareWithKnown(connection, observation) === 'same';
  return sameFact && observation.cause === 'unknown' ? connection.cause : observation.cause;
}

/**
 * Is this a new outcome, or one that has been counted already? Without a time from the provider, only a change and
 * the outcome of our own claimed attempt are new: a status may be read any number of times.
 */
function hasMoved(connection: Connection, observation: Observation, context: DecisionContext): boolean {
  if (observation.state !== connection.state) return true;
  if (compareWithKnown(connection, observation) === 'same') return false;
  const changed = observation.cause !== connection.cause;
  return changed || observation.providerStatusAt !== null || context.fence !== undefined;
}

function consentOf(
  connection: Connection,
  observation: Observation,
  context: DecisionContext,
): Pick<Connection, 'consentExpiresAt' | 'consentRenewableFrom'> {
  if (observation.consentExpiresAt === undefined) return connection;
  return {
    consentExpiresAt: observation.consentExpiresAt,
    consentRenewableFrom: context.renewBeforeExpiry ? consentRenewableFrom(observation.consentExpiresAt) : null,
  };
}

function countersOf(
  connection: Connection,
  observation: Observation,
  moved: boolean,
): Pick<Connection, 'consecutiveFailures' | 'wrongLoginCount'> {
  if (observation.state === 'active') return { consecutiveFailures: 0, wrongLoginCount: 0 };
  const wrongLogin = observation.cause === 'wrong_credentials' && moved;
  return {
    consecutiveFailures: connection.consecutiveFailures + (observation.state === 'retrying' && moved ? 1 : 0),
    wrongLoginCount: connection.wrongLoginCount + (wrongLogin ? 1 : 0),
  };
}

function retryTime(
  connection: Connection,
  observation: Observation,
  counters: Pick<Connection, 'consecutiveFailures'>,
  context: DecisionContext,
  moved: boolean,
): Date {
  // A time that is over already would have the provider read again and again.
  if (observation.retryAt && observation.retryAt > context.now) return observation.retryAt;
  if (moved) return retryAfterFailures(Math.max(1, counters.consecutiveFailures), context.now);
  const due = connection.retryAt === null || connection.retryAt <= context.now;
  return due ? retryAgain(connection, context.now) : connection.retryAt;
}

function newest(known: Date | null, observed: Date | null | undefined): Date | null {
  if (!observed) return known;
  return known && known > observed ? known : observed;
}

function startDeletion(connection: Connection, context: DecisionContext): Decision {
  const next = deletionStarted(connection, context.now);
  const event = connection.state === 'deleting' ? null : eventOf(connection, next, context);
  return { kind: 'apply', next, event };
}

function refusedTransition(
  connection: Connection,
  brought: Observation | DeletionStarted,
  { now }: DecisionContext,
): Decision {
  const next = brought.state === 'deleting' ? null : arrivedWhileDeleting(connection, brought, now);
  return next ? { kind: 'apply', next, event: null } : refuse('illegal_transition');
}

function isNews(before: Connection, after: Connection): boolean {
  if (before.state !== after.state || before.cause !== after.cause) return true;
  // A second question in one dialogue, or a link that arrives a moment after its state, is news to whoever waits.
  return (
    after.state === 'awaiting_user' &&
    (!sameQuestion(before.challenge, after.challenge) ||
      before.providerStatusAt?.getTime() !== after.providerStatusAt?.getTime())
  );
}

function eventOf(before: Connection, after: Connection, context: DecisionContext): NewConnectionEvent {
  const from: ConnectionState = before.state;
  return {
    at: context.now,
    providerAt: after.providerStatusAt,
    from,
    to: after.state,
    cause: after.cause,
    trigger: context.trigger,
    actor: context.actor,
    requestId: context.requestId,
    evidence: { providerStatus: after.providerStatus, ...context.evidence },
  };
}

function refuse(reason: RefusalReason): Decision {
  return { kind: 'refuse', reason };
}
