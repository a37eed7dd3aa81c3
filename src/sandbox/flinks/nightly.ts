import { institutionOf } from './data/institutions.js';
import type { Bank } from './bank.js';
import type { CardShelf } from './card-shelf.js';
import type { FlinksSwitches } from './flinks-simulator.types.js';
import { answerFromStore } from './machine/answers.js';
import { type Card, isEligible } from './machine/card.js';
import { beginPull, endOf } from './machine/pull.js';
import type { Pace } from './machine/session-machine.js';

/** What of the world a nightly run touches. */
export interface NightShift {
  readonly cards: CardShelf;
  readonly bank: Bank;
  readonly switches: FlinksSwitches;
  readonly pace: Pace;
}

/** One run over every card that may be refreshed with nobody present. @returns LoginIds that were attempted. */
export function runNight(world: NightShift, at: number): readonly string[] {
  const due = world.cards.all().filter((card) => isDue(world, card, at));
  for (const card of due) world.cards.move(card, refreshed(world, card, at));
  return due.map(({ loginId }) => loginId);
}

/** A card that is worked on, or whose login is gone, waits for another night. */
function isDue({ switches }: NightShift, card: Card, at: number): boolean {
  return card.pull === null && card.passwordDigest !== null && isEligible(card, at, switches.nightlyNeedsCachedCall);
}

function refreshed(world: NightShift, card: Card, at: number): Card {
  const { login, loginId, passwordDigest, storedAnswers } = card;
  const institution = institutionOf(login.institutionId);
  if (!institution) return card;
  const visitor = { cause: 'nightly', institution, login, loginId, passwordDigest, everyQuestion: false } as const;
  const reception = world.bank.knock(visitor, at);
  if (reception.kind === 'refused') {
    return { ...card, lastRefreshState: 'NotCompleted', lastRefreshError: reception.code };
  }
  const unanswered = answerFromStore(reception.rounds, storedAnswers);
  if (unanswered === null || unanswered.length > 0) {
    const lastRefreshError = unanswered === null ? 'INVALID_SECURITY_RESPONSE' : 'QUESTION_NOT_FOUND';
    return { ...card, lastRefreshState: 'AnsweringSecurityChallenge', lastRefreshError };
  }
  const { code } = endOf(beginPull(at, reception.manner, 0), world.pace.timers.session);
  if (code !== null) return { ...card, lastRefreshState: 'NotCompleted', lastRefreshError: code };
  return { ...card, lastLiveAt: at, dataAsOf: at, lastRefreshState: 'Completed', lastRefreshError: null };
}
