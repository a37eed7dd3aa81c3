import { CallLog } from '../simulator/call-log.js';
import { FaultBoard } from '../simulator/faults.js';
import { StateFile } from '../simulator/state-file.js';
import { Bank, type BankState } from './bank.js';
import { CardShelf, type CardShelfState } from './card-shelf.js';
import type { Visit } from './connect/visit.js';
import type { FlinksSimulatorOptions, FlinksSwitches, FlinksTimers } from './flinks-simulator.types.js';
import { type Card, dueOfCard } from './machine/card.js';
import { nightAfter } from './machine/night.js';
import type { Session } from './machine/session.js';
import { type Pace, advance, dueOf } from './machine/session-machine.js';
import { runNight } from './nightly.js';
import { nightlyOrigin, webhookBody } from './webhooks/webhook-body.js';
import { WebhookDesk } from './webhooks/webhook-desk.js';
import { TokenBook, type TokenBookState } from './token-book.js';

interface Snapshot {
  readonly simulator: 'flinks';
  readonly version: 1;
  readonly now: number;
  readonly lastNight: number;
  readonly cards: CardShelfState;
  readonly sessions: readonly Session[];
  readonly visits: readonly Visit[];
  readonly tokens: TokenBookState;
  readonly bank: BankState;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The whole state of one simulator. Sessions and cards come out as of now. */
export class FlinksWorld {
  readonly faults = new FaultBoard();
  readonly calls = new CallLog();
  readonly tokens = new TokenBook();
  readonly bank = new Bank();
  readonly cards: CardShelf;
  readonly visits = new Map<string, Visit>();
  readonly file: StateFile;
  readonly pace: Pace;
  /** `null` = the customer wants none. */
  readonly webhooks: WebhookDesk | null;
  switches: FlinksSwitches;
  /** How many live sessions of one card were ever asked for at once: a second one is refused, but it was asked for. */
  maxConcurrentRefreshes = 0;
  private sessions = new Map<string, Session>();
  private lastNight: number;
  /** Before this moment time changes nothing. */
  private nextDue: number;

  constructor(readonly options: FlinksSimulatorOptions) {
    this.pace = { stepMs: options.stepMs ?? 1000, timers: timersOf(options.timers ?? {}) };
    this.switches = switchesOf(options);
    this.cards = new CardShelf(options.instance ?? 'toolbox');
    this.file = new StateFile(options.stateFile ?? null, () => this.snapshot());
    const { webhookUrl, webhookSecret, clock } = options;
    this.webhooks =
      webhookUrl === undefined
        ? null
        : new WebhookDesk({ url: webhookUrl, secret: webhookSecret ?? null }, () => clock.now().getTime());
    this.lastNight = this.nextDue = clock.now().getTime();
  }

  /** Lets everything happen that is due. @returns epoch milliseconds */
  now(): number {
    const now = this.options.clock.now().getTime();
    if (now >= this.nextDue) this.catchUp(now);
    this.announce(now);
    return now;
  }

  private catchUp(now: number): void {
    for (let night = nightAfter(this.lastNight); night <= now; night = nightAfter(night)) {
      this.settle(night);
      runNight(this, night);
      this.lastNight = night;
    }
    this.settle(now);
    this.nextDue = this.earliestDue();
  }

  /** Tells the customer's server of data that came. */
  private announce(now: number): void {
    const fresh = this.cards.takeFresh();
    if (!this.webhooks) return;
    for (const card of fresh) {
      const session = [...this.sessions.values()].findLast(({ loginId, cause, phase }) => {
        return loginId === card.loginId && cause !== 'cached' && phase.kind === 'authorized';
      });
      const origin = session ?? nightlyOrigin(card);
      for (const responseType of ['KYC', 'GetAccountsDetail'] as const) {
        const body = webhookBody(responseType, card, origin);
        this.webhooks.add({ responseType, loginId: card.loginId, body }, now);
      }
    }
    this.webhooks.pump(now);
  }

  session(requestId: string): Session | null {
    this.now();
    return this.sessions.get(requestId.toLowerCase()) ?? null;
  }

  allSessions(): readonly Session[] {
    this.now();
    return [...this.sessions.values()];
  }

  /** Keeps a session, and what its change means for its card. */
  put(session: Session): Session {
    const before = this.sessions.get(session.requestId)?.phase.kind;
    const kept = before === session.phase.kind ? session : this.cards.learn(session);
    this.sessions.set(kept.requestId, kept);
    this.nextDue = Math.min(this.nextDue, dueOf(kept, this.pace), this.cards.dueOf(kept.loginId, this.pace.timers));
    return kept;
  }

  keepCard(card: Card): void {
    this.cards.put(card);
    this.nextDue = Math.min(this.nextDue, dueOfCard(card, this.pace.timers));
  }

  /** The card and whatever runs on it. */
  deleteCard(loginId: string): void {
    this.cards.delete(loginId);
    for (const { requestId, loginId: owner } of this.allSessions()) {
      if (owner === loginId) this.sessions.delete(requestId);
    }
  }

  revokeTokens(): void {
    this.tokens.clear();
  }

  reset(): void {
    this.sessions.clear();
    this.visits.clear();
    for (const part of [this.cards, this.tokens, this.bank, this.faults, this.calls]) part.clear();
    this.maxConcurrentRefreshes = 0;
    this.webhooks?.clear();
  }

  /** Time goes on where it stood, also when it had been moved ahead. @throws Error for a foreign file. */
  async restore(): Promise<void> {
    const saved = await this.file.load();
    if (saved === null) return;
    if (!isSnapshot(saved)) throw new Error('The state file is not one of this simulator.');
    const { clock } = this.options;
    clock.advance(Math.max(0, saved.now - clock.now().getTime()));
    this.lastNight = saved.lastNight;
    this.cards.load(saved.cards);
    this.sessions = new Map(saved.sessions.map((session) => [session.requestId, session]));
    for (const visit of saved.visits) this.visits.set(visit.id, visit);
    this.tokens.load(saved.tokens);
    this.bank.load(saved.bank);
    this.nextDue = 0;
  }

  private settle(now: number): void {
    for (const session of [...this.sessions.values()]) {
      const moved = advance(session, now, this.pace);
      if (!moved) this.sessions.delete(session.requestId);
      else if (moved !== session) this.put(moved);
    }
    this.cards.settle(now, this.pace.timers);
    for (const [id, { openedAt }] of this.visits) if (now > openedAt + DAY_MS) this.visits.delete(id);
  }

  private earliestDue(): number {
    let due = nightAfter(this.lastNight);
    for (const session of this.sessions.values()) due = Math.min(due, dueOf(session, this.pace));
    for (const card of this.cards.all()) due = Math.min(due, dueOfCard(card, this.pace.timers));
    return due;
  }

  private snapshot(): Snapshot {
    const { lastNight, tokens, bank, cards, visits } = this;
    return {
      ...{ simulator: 'flinks', version: 1, now: this.now(), lastNight },
      ...{ cards: cards.save(), sessions: this.allSessions(), visits: [...visits.values()] },
      ...{ tokens: tokens.save(), bank: bank.save() },
    };
  }
}

function timersOf(given: Partial<FlinksTimers>): FlinksTimers {
  return {
    token: 30 * MINUTE_MS,
    dialogue: 8 * MINUTE_MS,
    session: 30 * MINUTE_MS,
    afterDetail: MINUTE_MS,
    credentials: 30 * DAY_MS,
    data: 90 * DAY_MS,
    ...given,
  };
}

function switchesOf(options: FlinksSimulatorOptions): FlinksSwitches {
  return {
    generation: options.generation ?? 'new',
    throttledStatus: options.throttledStatus ?? 401,
    requireToken: options.requireToken ?? options.secretKey !== undefined,
    requireApiKey: options.requireApiKey ?? options.apiKey !== undefined,
    pendingPolls: options.pendingPolls ?? 0,
    cachedPendingPolls: options.cachedPendingPolls ?? 0,
    answerAttempts: options.answerAttempts ?? 3,
    deleteUnknown: options.deleteUnknown ?? 'error',
    disabledEndpoints: options.disabledEndpoints ?? [],
    nightlyNeedsCachedCall: options.nightlyNeedsCachedCall ?? true,
  };
}

function isSnapshot(value: unknown): value is Snapshot {
  return typeof value === 'object' && value !== null && 'simulator' in value && value.simulator === 'flinks';
}
