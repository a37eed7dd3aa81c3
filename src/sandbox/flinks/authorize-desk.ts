import { randomUUID } from 'node:crypto';
import { digestOf } from './bank.js';
import { type Institution, institutionOf } from './data/institutions.js';
import { FlinksError } from './flinks-error.js';
import type { FlinksWorld } from './flinks-world.js';
import type { SecurityResponses } from './flinks-simulator.types.js';
import { answerFromStore } from './machine/answers.js';
import type { Card } from './machine/card.js';
import { storedPull } from './machine/pull.js';
import { type Arrival, DEFAULT_QUERY, type Login, type Session } from './machine/session.js';
import { after, answer, arrive } from './machine/session-machine.js';
import { errorOf } from './views/session-view.js';

/** How a live session is opened. */
export interface Opening {
  readonly save: boolean;
  readonly scheduleRefresh: boolean;
  readonly statements: boolean;
  readonly tag: string | null;
  readonly everyQuestion: boolean;
  /** The bank's answer takes its time instead of the call. */
  readonly background: boolean;
}

/** Every way to a session, for the API and for Connect alike. */
export class AuthorizeDesk {
  constructor(private readonly world: FlinksWorld) {}

  /** @throws FlinksError for an unknown login and for what the last refresh ended in. */
  cached(loginId: string, tag: string | null): Session {
    const now = this.world.now();
    const card = this.card(loginId);
    this.world.cards.put({ ...card, lastCachedCallAt: now });
    if (card.lastRefreshError !== null) throw new FlinksError(card.lastRefreshError);
    const pull = card.dataAsOf === null ? card.pull : storedPull(card.dataAsOf);
    if (!pull)
      throw new FlinksError('INVALID_LOGIN', { message: `The data of LoginId ${loginId} is not kept any more.` });
    const blank = blankSession(card.login, { save: true, scheduleRefresh: false, statements: card.statements, tag });
    return this.world.put({
      ...blank,
      cause: 'cached',
      loginId: card.loginId,
      phase: { kind: 'authorized', at: now, pull },
    });
  }

  /** @throws FlinksError INVALID_LOGIN, or CONCURRENT_SESSION while another session is open on the card. */
  saved(loginId: string, opening: Opening): Session {
    const card = this.card(loginId);
    if (card.passwordDigest === null) {
      throw new FlinksError('INVALID_LOGIN', {
        message: `The credentials of LoginId ${loginId} are not kept any more.`,
      });
    }
    const isOpen = this.isBusy(card) || this.openDialogues(card).length > 0;
    this.world.maxConcurrentRefreshes = Math.max(this.world.maxConcurrentRefreshes, isOpen ? 2 : 1);
    if (isOpen) throw new FlinksError('CONCURRENT_SESSION');
    const institution = this.institution(card.login.institutionId);
    return this.live(institution, card, opening, {
      ...blankSession(card.login, { ...opening, statements: card.statements }),
      cause: 'login-id',
      loginId: card.loginId,
      passwordDigest: card.passwordDigest,
    });
  }

  /** A user who is present. What was asked of the same login before is asked no longer. */
  present(cause: 'credentials' | 'connect', login: Login, password: string, opening: Opening): Session {
    const card = this.world.cards.findLogin(login);
    if (card && this.isBusy(card)) throw new FlinksError('CONCURRENT_SESSION');
    const now = this.world.now();
    for (const open of card ? this.openDialogues(card) : []) {
      this.world.put({ ...open, phase: { kind: 'closed', at: now } });
    }
    return this.live(this.institution(login.institutionId), card, opening, {
      ...blankSession(login, opening),
      cause,
      loginId: card?.loginId ?? null,
      passwordDigest: digestOf(password),
    });
  }

  /** @throws FlinksError for answers that do not fit, and for a session that asks nothing. */
  answer(session: Session, responses: SecurityResponses, background: boolean): Session {
    const { phase } = session;
    if (phase.kind === 'authorized') throw new FlinksError('ALREADY_AUTHORIZED');
    if (phase.kind !== 'challenged') throw errorOf(session);
    const scripted = Object.keys(responses).length > 0 ? this.world.bank.take(session.login.username, 'answer') : null;
    if (scripted) return this.arrive(session, { kind: 'failed', code: scripted }, background);
    const answered = answer(session, responses, this.world.switches.answerAttempts);
    if (typeof answered === 'string') throw errorOf(session, answered);
    if (!answered.arrival) return session;
    return this.arrive(answered.session, answered.arrival, background);
  }

  /** @throws FlinksError INVALID_LOGIN */
  card(loginId: string): Card {
    this.world.now();
    const card = this.world.cards.find(loginId);
    if (!card) throw new FlinksError('INVALID_LOGIN', { message: `LoginId ${loginId.slice(0, 60)} is invalid.` });
    return card;
  }

  /** The bank is at work for the card; a question that waits for the user is no work. */
  isBusy(card: Card): boolean {
    if (card.pull !== null) return true;
    return this.world.allSessions().some(({ loginId, phase }) => loginId === card.loginId && phase.kind === 'working');
  }

  private openDialogues(card: Card): readonly Session[] {
    return this.world
      .allSessions()
      .filter(({ loginId, phase }) => loginId === card.loginId && phase.kind === 'challenged');
  }

  private live(institution: Institution, card: Card | null, opening: Opening, session: Session): Session {
    const { login, loginId, passwordDigest, cause } = session;
    if (cause === 'cached') return session;
    const { everyQuestion, background } = opening;
    const visitor = { cause, institution, login, loginId, passwordDigest, everyQuestion };
    const reception = this.world.bank.knock(visitor, this.world.now());
    if (reception.kind === 'refused') {
      return this.arrive(session, { kind: 'failed', code: reception.code }, background);
    }
    const rounds = answerFromStore(reception.rounds, card?.storedAnswers ?? {}) ?? reception.rounds;
    const opened = { ...session, rounds, manner: reception.manner, keepsAnswers: everyQuestion };
    return this.arrive(opened, after(rounds.length), background);
  }

  private arrive(session: Session, arrival: Arrival, background: boolean): Session {
    const now = this.world.now();
    const { pace } = this.world;
    if (!background) return this.world.put(arrive(session, arrival, now, pace));
    return this.world.put({ ...session, phase: { kind: 'working', until: now + pace.stepMs, next: arrival } });
  }

  private institution(id: number): Institution {
    const institution = institutionOf(id);
    if (!institution) throw new FlinksError('INVALID_REQUEST', { message: 'The institution is unknown.' });
    return institution;
  }
}

type Wishes = Pick<Opening, 'save' | 'scheduleRefresh' | 'statements' | 'tag'>;

function blankSession(login: Login, { save, scheduleRefresh, statements, tag }: Wishes): Session {
  return {
    ...{ requestId: randomUUID(), login, loginId: null, cause: 'cached', save, scheduleRefresh, statements, tag },
    ...{ passwordDigest: null, keepsAnswers: false, keptAnswers: {}, rounds: [], wrongAnswers: 0, manner: 'normal' },
    // Never seen: every way here sets its own.
    phase: { kind: 'closed', at: 0 },
    polls: { AccountsSummary: 0, AccountsDetail: 0, Statements: 0 },
    asked: { AccountsSummary: DEFAULT_QUERY, AccountsDetail: DEFAULT_QUERY, Statements: DEFAULT_QUERY },
    detailAnsweredAt: null,
  };
}
