import type { FlinksTimers } from './flinks-simulator.types.js';
import { type Card, dueOfCard, keyOf, loginIdOf, settle } from './machine/card.js';
import type { Login, Session } from './machine/session.js';

export interface CardShelfState {
  readonly cards: readonly Card[];
  readonly deletions: readonly (readonly [string, number])[];
}

/** The saved logins. */
export class CardShelf {
  private readonly cards = new Map<string, Card>();
  private readonly byLogin = new Map<string, string>();
  private deletions = new Map<string, number>();
  private fresh: string[] = [];

  constructor(private readonly instance: string) {}

  find(loginId: string): Card | null {
    return this.cards.get(loginId.toLowerCase()) ?? null;
  }

  findLogin(login: Login): Card | null {
    return this.find(this.byLogin.get(keyOf(login)) ?? '');
  }

  all(): readonly Card[] {
    return [...this.cards.values()];
  }

  put(card: Card): Card {
    this.cards.set(card.loginId, card);
    this.byLogin.set(keyOf(card.login), card.loginId);
    return card;
  }

  /** A saved login with data from now on, whatever it was before. */
  adopt(login: Login, wishes: Pick<Card, 'passwordDigest' | 'isScheduledRefresh'>, at: number): Card {
    const card = this.findLogin(login) ?? this.blank(login, at);
    const fresh = {
      lastLiveAt: at,
      dataAsOf: at,
      pull: null,
      lastRefreshError: null,
      lastRefreshState: 'Completed',
    } as const;
    return { ...card, ...fresh, ...wishes };
  }

  /** The same login gets another id afterwards. */
  delete(loginId: string): void {
    const card = this.find(loginId);
    if (!card) return;
    const key = keyOf(card.login);
    this.cards.delete(card.loginId);
    this.byLogin.delete(key);
    this.deletions.set(key, (this.deletions.get(key) ?? 0) + 1);
  }

  /** What a session that moved on means for its card. Only sessions that save mean anything. */
  learn(session: Session): Session {
    const { phase, save, cause } = session;
    if (!save || cause === 'cached') return session;
    if (phase.kind === 'authorized') return this.learnSuccess(session, phase.at);
    const card = this.find(session.loginId ?? '');
    // A stranger who types a wrong password says nothing of the card.
    if (!card || cause !== 'login-id') return session;
    if (phase.kind === 'challenged') this.put({ ...card, lastRefreshState: 'AnsweringSecurityChallenge' });
    // An unanswered question leaves its state behind and no error.
    const unanswered = phase.kind === 'failed' && phase.code === 'SESSION_EXPIRED';
    if (phase.kind === 'failed' && !unanswered) {
      this.put({ ...card, lastRefreshState: 'NotCompleted', lastRefreshError: phase.code });
    }
    return session;
  }

  dueOf(loginId: string | null, timers: FlinksTimers): number {
    const card = this.find(loginId ?? '');
    return card ? dueOfCard(card, timers) : Infinity;
  }

  settle(now: number, timers: FlinksTimers): void {
    for (const card of this.all()) if (dueOfCard(card, timers) <= now) this.move(card, settle(card, now, timers));
  }

  /** Puts a card back after work on it, and remembers it when that brought new data. */
  move(before: Card, after: Card): void {
    this.put(after);
    if (after.dataAsOf !== null && after.dataAsOf !== before.dataAsOf) this.fresh.push(after.loginId);
  }

  /** Cards whose data came since the last call. */
  takeFresh(): readonly Card[] {
    const taken = this.fresh;
    if (taken.length > 0) this.fresh = [];
    return taken.flatMap((loginId) => this.find(loginId) ?? []);
  }

  save(): CardShelfState {
    return { cards: this.all(), deletions: [...this.deletions] };
  }

  load({ cards, deletions }: CardShelfState): void {
    this.clear();
    for (const card of cards) this.put(card);
    this.deletions = new Map(deletions);
  }

  clear(): void {
    this.cards.clear();
    this.byLogin.clear();
    this.deletions.clear();
    this.fresh = [];
  }

  private learnSuccess(session: Session, at: number): Session {
    const { login, passwordDigest, scheduleRefresh, statements, phase } = session;
    const known = this.findLogin(login);
    const fresh = {
      passwordDigest,
      lastLiveAt: at,
      pull: phase.kind === 'authorized' ? phase.pull : null,
      lastRefreshState: 'PartiallyCompleted' as const,
      lastRefreshError: null,
    };
    const card = known
      ? { ...known, ...fresh, statements: known.statements || statements }
      : { ...this.blank(login, at), ...fresh, isScheduledRefresh: scheduleRefresh, statements };
    const storedAnswers = { ...card.storedAnswers, ...session.keptAnswers };
    return { ...session, loginId: this.put({ ...card, storedAnswers }).loginId };
  }

  private blank(login: Login, createdAt: number): Card {
    return {
      ...{ loginId: loginIdOf(this.instance, login, this.deletions.get(keyOf(login)) ?? 0), login, createdAt },
      ...{ passwordDigest: null, isScheduledRefresh: false, statements: true, lastLiveAt: createdAt },
      ...{ dataAsOf: null, pull: null, lastRefreshState: 'NotCompleted', lastRefreshError: null },
      ...{ lastCachedCallAt: null, storedAnswers: {} },
    };
  }
}
