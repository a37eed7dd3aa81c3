import { ControlDesk } from '../simulator/control-desk.js';
import { totalsOf } from './data/totals.js';
import type { CardTotals } from './data/totals.types.js';
import { InProcessWebhooks } from './webhooks/in-process-webhooks.js';
import { institutionNamed } from './data/institutions.js';
import type { FlinksCode } from './flinks-codes.js';
import {
  type AttemptFilter,
  type BankAttempt,
  type CardState,
  type FlinksControl,
  type FlinksState,
  type FlinksSwitches,
  type LinkOptions,
  type Script,
  type SessionState,
  UnknownThing,
} from './flinks-simulator.types.js';
import type { FlinksWorld } from './flinks-world.js';
import type { Card } from './machine/card.js';
import { runNight } from './nightly.js';
import { cardState, sessionState } from './views/state-view.js';

export class InProcessControl extends ControlDesk<FlinksWorld> implements FlinksControl {
  readonly webhooks = new InProcessWebhooks(this.world);

  state(): FlinksState {
    const { switches, faults, bank, cards } = this.world;
    const now = this.world.now();
    return {
      ...{ now, switches, faults: faults.list(), scripts: bank.scripts() },
      maxConcurrentRefreshesPerCredential: this.world.maxConcurrentRefreshes,
      cards: cards.all().map((card) => this.describe(card)),
      sessions: this.world.allSessions().map((session) => sessionState(session, now)),
    };
  }

  card(loginId: string): CardState {
    return this.describe(this.find(loginId));
  }

  session(requestId: string): SessionState {
    const session = this.world.session(requestId);
    if (!session) throw new UnknownThing(`session ${requestId}`);
    return sessionState(session, this.world.now());
  }

  attempts(filter: AttemptFilter = {}): readonly BankAttempt[] {
    this.world.now();
    return this.world.bank.attempts(filter);
  }

  clearAttempts(): void {
    this.world.bank.clearAttempts();
    this.world.file.saveSoon();
  }

  script(script: Script): void {
    this.world.bank.script(script);
    this.world.file.saveSoon();
  }

  clearScripts(username?: string): void {
    this.world.bank.clearScripts(username);
    this.world.file.saveSoon();
  }

  configure(switches: Partial<FlinksSwitches>): FlinksSwitches {
    this.world.switches = { ...this.world.switches, ...switches };
    return this.world.switches;
  }

  setPassword(username: string, password: string): void {
    this.world.now();
    this.world.bank.setPassword(username, password);
    this.world.file.saveSoon();
  }

  setLastRefreshError(loginId: string, code: FlinksCode | null): CardState {
    const lastRefreshState = code === null ? 'Completed' : 'NotCompleted';
    return this.keep({ ...this.find(loginId), lastRefreshError: code, lastRefreshState });
  }

  setScheduledRefresh(loginId: string, active: boolean): CardState {
    return this.keep({ ...this.find(loginId), isScheduledRefresh: active });
  }

  link({ institution = 'FlinksCapital', username, language = 'en', scheduleRefresh = false }: LinkOptions): string {
    const found = institutionNamed(institution);
    if (!found) throw new UnknownThing(`institution ${institution}`);
    const card = this.world.cards.adopt(
      { institutionId: found.id, username, language },
      { passwordDigest: this.world.bank.passwordOf(username), isScheduledRefresh: scheduleRefresh },
      this.world.now(),
    );
    return this.keep(card).loginId;
  }

  expireSession(requestId: string): SessionState {
    this.session(requestId);
    const session = this.world.session(requestId);
    const at = this.world.now();
    if (session) this.world.put({ ...session, phase: { kind: 'failed', at, code: 'SESSION_EXPIRED' } });
    this.world.file.saveSoon();
    return this.session(requestId);
  }

  totals(loginId: string, days = 365): CardTotals {
    return totalsOf(this.find(loginId), days);
  }

  runNightly(): readonly string[] {
    const attempted = runNight(this.world, this.world.now());
    this.world.now();
    this.world.file.saveSoon();
    return attempted;
  }

  private describe(card: Card): CardState {
    return cardState(card, this.world.bank.count(card.login));
  }

  private find(loginId: string): Card {
    this.world.now();
    const card = this.world.cards.find(loginId);
    if (!card) throw new UnknownThing(`card ${loginId}`);
    return card;
  }

  private keep(card: Card): CardState {
    this.world.keepCard(card);
    this.world.file.saveSoon();
    return this.describe(card);
  }
}
