import type { FlinksCode } from '../flinks-codes.js';
import type { FlinksTimers, SecurityResponses } from '../flinks-simulator.types.js';
import { judge, storeAnswer } from './answers.js';
import { beginPull, endOf } from './pull.js';
import type { Arrival, Session } from './session.js';

/** How long an ended session is still known by its end; afterwards it never was. */
const FORGET_MS = 3_600_000;

export interface Pace {
  readonly stepMs: number;
  readonly timers: FlinksTimers;
}

/** The bank has spoken. */
export function arrive(session: Session, arrival: Arrival, at: number, { stepMs }: Pace): Session {
  switch (arrival.kind) {
    case 'challenged':
      return { ...session, phase: { kind: 'challenged', since: at, wrong: arrival.wrong } };
    case 'authorized':
      return { ...session, rounds: [], phase: { kind: 'authorized', at, pull: beginPull(at, session.manner, stepMs) } };
    case 'failed':
      return { ...session, phase: { kind: 'failed', at, code: arrival.code } };
  }
}

/** When time alone changes the session. */
export function dueOf({ phase, detailAnsweredAt }: Session, { timers }: Pace): number {
  switch (phase.kind) {
    case 'working':
      return phase.until;
    case 'challenged':
      return phase.since + timers.dialogue;
    case 'authorized':
      return Math.min(phase.at + timers.session, (detailAnsweredAt ?? Infinity) + timers.afterDetail);
    case 'failed':
    case 'closed':
      return phase.at + FORGET_MS;
  }
}

/** Brings a session to `now`. @returns `null` when it is forgotten. */
export function advance(session: Session, now: number, pace: Pace): Session | null {
  let current: Session | null = session;
  while (current && dueOf(current, pace) <= now) current = step(current, dueOf(current, pace), pace);
  return current;
}

function step(session: Session, at: number, pace: Pace): Session | null {
  const { phase } = session;
  switch (phase.kind) {
    case 'working':
      return arrive(session, phase.next, at, pace);
    case 'challenged':
      return { ...session, phase: { kind: 'failed', at, code: 'SESSION_EXPIRED' } };
    case 'authorized': {
      const unfinished = endOf(phase.pull, pace.timers.session).code === 'SESSION_EXPIRED';
      return {
        ...session,
        phase: unfinished ? { kind: 'failed', at, code: 'SESSION_EXPIRED' } : { kind: 'closed', at },
      };
    }
    case 'failed':
    case 'closed':
      return null;
  }
}

export interface Answered {
  readonly session: Session;
  /** `null` = the answers were empty. */
  readonly arrival: Arrival | null;
}

/**
 * What the user's answers lead to. The session keeps its phase: when the bank speaks is the caller's business.
 * @returns a code when the answers do not fit the challenges; then nothing changes.
 */
export function answer(session: Session, responses: SecurityResponses, attempts: number): Answered | FlinksCode {
  const [round, ...rest] = session.rounds;
  if (!round) return 'ALREADY_AUTHORIZED';
  const verdict = judge(round, responses);
  switch (verdict) {
    case 'nothing':
      return { session, arrival: null };
    case 'UNKNOWN_CHALLENGE_KEY':
    case 'SECURITYRESPONSES_INCOMPLETE':
      return verdict;
    case 'right':
      return { session: { ...keep(session, responses), rounds: rest }, arrival: after(rest.length) };
    case 'wrong':
      if (round.mustActAtBank) return { session, arrival: { kind: 'failed', code: 'NEW_ACCOUNT' } };
      return wrong({ ...session, wrongAnswers: session.wrongAnswers + 1 }, attempts);
  }
}

/** @param rounds how many are left */
export const after = (rounds: number): Arrival =>
  rounds > 0 ? { kind: 'challenged', wrong: false } : { kind: 'authorized' };

function keep(session: Session, responses: SecurityResponses): Session {
  if (!session.keepsAnswers) return session;
  const kept = Object.entries(responses).map(([prompt, [given = '']]) => [prompt, storeAnswer(given)] as const);
  return { ...session, keptAnswers: { ...session.keptAnswers, ...Object.fromEntries(kept) } };
}

function wrong(session: Session, attempts: number): Answered {
  const over = session.wrongAnswers >= attempts;
  return {
    session,
    arrival: over
      ? { kind: 'failed', code: 'INVALID_SECURITY_RESPONSE_NO_RETRY' }
      : { kind: 'challenged', wrong: true },
  };
}
