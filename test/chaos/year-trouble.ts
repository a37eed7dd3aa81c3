import { credentialRefOf } from '../../src/connections/credential-ref.js';
import { ConnectionRepository } from '../../src/connections/persistence/connection.repository.js';
import { ProviderAccess } from '../../src/providers/registry/provider-access.js';
import type { BankAnswer } from '../../src/sandbox/flanks/flanks-simulator.types.js';
import type { FlinksCode } from '../../src/sandbox/flinks/flinks-codes.js';
import type { Outcome } from '../../src/sandbox/tink/data/demo-users.js';
import { tinkCredential } from './year-dialogues.js';
import type { YearGround } from './year-ground.js';
import { changePassword, type Person } from './year-people.js';
import type { Dice } from './year-random.js';

type Undo = () => void;

const TINK_BANK: readonly Outcome[] = ['temporary-error', 'bank-down'];
const TINK_LOGIN: readonly Outcome[] = ['wrong-login', 'blocked', 'not-a-customer'];
const FLANKS_BANK: readonly BankAnswer[] = ['refuse', 'down', 'challenge'];
const FLINKS_NIGHT: readonly FlinksCode[] = [
  ...(['RETRY_LATER', 'BANK_MAINTENANCE_RETRY_LATER', 'AGGREGATION_ERROR', 'DISABLED_LOGIN'] as const),
  ...(['INVALID_PASSWORD', 'NEW_ACCOUNT', 'DISABLED_INSTITUTION'] as const),
];
const GROUPS = ['product.card', 'transaction.account'];
const LONGEST_STEPS = 6;

/** What goes wrong at banks and providers, and what becomes well again without us. */
export class Trouble {
  readonly caused = new Map<string, number>();
  private passwords = 0;
  private readonly passing = new Map<string, { readonly until: number; readonly undo: Undo }>();

  constructor(
    private readonly ground: YearGround,
    private readonly dice: Dice,
  ) {}

  /** What has lasted long enough ends. */
  end(step: number): void {
    for (const [key, { until, undo }] of this.passing) if (until <= step) this.undo(key, undo);
  }

  /** Everything that passes has passed. What needs the user stays. */
  calm(): void {
    for (const [key, { undo }] of this.passing) this.undo(key, undo);
    this.ground.flinks.clearScripts();
  }

  /** A whole provider answers nothing but 503. */
  outage(step: number): void {
    const name = this.dice.one(['tink', 'flanks', 'flinks'] as const);
    if (this.passing.has(name)) return;
    const id = this.ground[name].addFault({ path: '.', times: null, action: { kind: 'respond', status: 503 } });
    this.lasting(name, step, () => {
      this.ground[name].clearFaults(id);
    });
    this.count(`${name} is down`);
  }

  async strike(person: Person, step: number): Promise<void> {
    if (this.passing.has(person.connectionId)) return;
    if (this.dice.chance(0.06)) return this.deleteBehindOurBack(person);
    if (person.provider === 'tink') this.tink(person, step);
    else if (person.provider === 'flanks') this.flanks(person, step);
    else this.flinks(person);
  }

  private tink(person: Person, step: number): void {
    const credential = tinkCredential(this.ground, person);
    if (!credential) return;
    const { tink } = this.ground;
    const kind = this.dice.one(person.way === 'redirect' ? ['expire', 'silent', 'bank'] : ['bank', 'login', 'silent']);
    this.count(`tink ${kind}`);
    if (kind === 'expire' || kind === 'silent') {
      if (credential.status === 'UPDATED' || kind === 'silent') tink.killSession(credential.id, kind);
      return;
    }
    tink.setOutcome(credential.id, this.dice.one(kind === 'login' ? TINK_LOGIN : TINK_BANK));
    if (kind === 'bank') {
      this.lasting(person.connectionId, step, () => {
        // It may have been replaced meanwhile.
        const now = tinkCredential(this.ground, person);
        if (now && TINK_BANK.includes(now.outcome)) tink.setOutcome(now.id, 'all-data');
      });
    }
  }

  private flanks({ username, connectionId }: Person, step: number): void {
    const { flanks } = this.ground;
    const find = () => flanks.state().credentials.find((each) => each.username === username);
    const credential = find();
    if (!credential) return;
    const waits = credential.blocked || credential.tokens.sca;
    const kind = waits ? 'cleared' : this.dice.one(['sca', 'blocked', 'answer', 'groups']);
    this.count(`flanks ${kind}`);
    if (kind === 'sca') flanks.setSca(credential.id, true);
    if (kind === 'blocked') flanks.setBlocked(credential.id, true);
    if (kind === 'cleared') {
      flanks.setSca(credential.id, false);
      flanks.setBlocked(credential.id, false);
    }
    if (kind === 'answer') flanks.setBankAnswer(credential.id, this.dice.one(FLANKS_BANK));
    if (kind === 'groups') flanks.setErrored(credential.id, GROUPS);
    if (kind !== 'answer' && kind !== 'groups') return;
    this.lasting(connectionId, step, () => {
      const now = find();
      if (!now) return;
      flanks.setBankAnswer(now.id, 'ok');
      flanks.setErrored(now.id, []);
    });
  }

  private flinks({ institutionId, username }: Person): void {
    const { flinks } = this.ground;
    const card = flinks.state().cards.find((each) => each.institution === institutionId && each.username === username);
    if (!card) return;
    // Flinks drops the error of a card at times without newer data.
    const kind = card.lastRefreshError !== null ? 'cleared' : this.dice.one(['password', 'night', 'night', 'question']);
    this.count(`flinks ${kind}`);
    if (kind === 'password') changePassword(this.ground, username, `Everyday-${String((this.passwords += 1))}`);
    if (kind === 'night') flinks.script({ username, at: 'authorize', code: this.dice.one(FLINKS_NIGHT) });
    if (kind === 'question') flinks.setLastRefreshError(card.loginId, 'QUESTION_NOT_FOUND');
    if (kind === 'cleared') flinks.setLastRefreshError(card.loginId, null);
  }

  /** Somebody deletes the credential at the provider itself. */
  private async deleteBehindOurBack({ connectionId, provider }: Person): Promise<void> {
    const connection = await this.ground.inside(ConnectionRepository).find(connectionId);
    if (!connection?.credentialId) return;
    const access = this.ground.inside(ProviderAccess);
    await access.provider(provider).credentials.delete(credentialRefOf(connection), access.call());
    this.count('deleted at the provider');
  }

  private lasting(key: string, step: number, undo: Undo): void {
    this.passing.set(key, { until: step + this.dice.between(1, LONGEST_STEPS), undo });
  }

  private undo(key: string, undo: Undo): void {
    this.passing.delete(key);
    undo();
  }

  private count(what: string): void {
    this.caused.set(what, (this.caused.get(what) ?? 0) + 1);
  }
}
