import { institutionOf } from '../data/institutions.js';
import type { CardState, SessionState } from '../flinks-simulator.types.js';
import { expectedAnswers } from '../machine/answers.js';
import type { Card } from '../machine/card.js';
import { readiness } from '../machine/pull.js';
import type { Session } from '../machine/session.js';
import { challengesOf } from './session-view.js';

/** For tests and people; never sent as the vendor. */
export function cardState(card: Card, attempts: number): CardState {
  const { loginId, login, isScheduledRefresh, dataAsOf, lastRefreshState, lastRefreshError } = card;
  return {
    loginId,
    institution: institutionOf(login.institutionId)?.name ?? '',
    ...login,
    ...{ isScheduledRefresh, dataAsOf, lastRefreshState, lastRefreshError, attempts },
    aggregating: card.pull !== null,
    hasCredentials: card.passwordDigest !== null,
  };
}

export function sessionState(session: Session, now: number): SessionState {
  const { requestId, loginId, cause, phase, rounds } = session;
  const [round] = rounds;
  return {
    ...{ requestId, loginId },
    cached: cause === 'cached',
    phase: phaseOf(session, now),
    code: phase.kind === 'failed' ? phase.code : null,
    challenges: challengesOf(session),
    expectedAnswers: phase.kind === 'challenged' && round ? expectedAnswers(round) : null,
  };
}

function phaseOf({ phase }: Session, now: number): SessionState['phase'] {
  if (phase.kind === 'failed') return phase.code === 'SESSION_EXPIRED' ? 'expired' : 'failed';
  if (phase.kind !== 'authorized') return phase.kind;
  return readiness(phase.pull, 'AccountsDetail', false, now) === 'ready' ? 'ready' : 'processing';
}
