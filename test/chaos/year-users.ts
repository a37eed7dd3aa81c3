import { member } from '../../src/sandbox/rest-client.js';
import { answerBank, tinkCredential } from './year-dialogues.js';
import type { YearGround } from './year-ground.js';
import { label, loginOf, read, visit, type Person } from './year-people.js';
import type { Dice } from './year-random.js';
import { attemptsOf } from './year-truth.js';

/** Banks lock a login after few wrong passwords. */
const MOST_WRONG = 3;

/** What users did, and what must not have come of it. */
export interface Deeds {
  readonly done: Map<string, number>;
  /** More attempts at the bank than one wrong input may cause. */
  readonly tooManyWrong: string[];
}

/** Users who do what the answer of the API tells them to do. */
export class Users {
  readonly deeds: Deeds = { done: new Map(), tooManyWrong: [] };
  private wrongInputs = 0;

  constructor(
    private readonly ground: YearGround,
    private readonly dice: Dice,
  ) {}

  /** One person looks at the app and follows it. */
  async follow(person: Person): Promise<void> {
    const { body } = await read(this.ground, person);
    const kind = String(member(body, 'nextAction', 'kind'));
    const renewable = member(body, 'consent', 'status') === 'expiring' && kind === 'none';
    if (renewable || kind === 'renew_consent') await this.renew(person);
    else if (kind === 'update_login') await this.newLogin(person);
    else if (kind === 'act_at_bank') await this.actAtBank(person);
    else if (kind === 'reconnect') await this.reconnect(person);
    else if (kind === 'none' || kind === 'retry_later') await this.refresh(person);
    await answerBank(this.ground, person);
    this.count(renewable ? 'renewed early' : kind);
  }

  private async renew(person: Person): Promise<void> {
    if (person.provider === 'flanks') return this.visit(person, 'renew');
    if (person.way === 'password') {
      await this.giveLogin(person, loginOf(this.ground, person));
      return;
    }
    await this.ground.call('POST', `/v1/connections/${person.connectionId}/authenticate`, {});
  }

  private async newLogin(person: Person): Promise<void> {
    if (person.provider === 'flanks') return this.visit(person, 'update_login');
    if (person.way !== 'redirect' && this.dice.chance(0.4)) await this.typeWrong(person);
    await this.giveLogin(person, loginOf(this.ground, person));
  }

  private async actAtBank(person: Person): Promise<void> {
    const credential = person.provider === 'tink' ? tinkCredential(this.ground, person) : undefined;
    if (credential) this.ground.tink.setOutcome(credential.id, 'all-data');
    await this.newLogin(person);
  }

  private async reconnect(person: Person): Promise<void> {
    if (person.provider === 'flanks') return this.visit(person, 'connect');
    await this.giveLogin(person, loginOf(this.ground, person));
    await answerBank(this.ground, person);
    if (person.way === 'card') this.scheduleNightly(person);
  }

  private async refresh(person: Person): Promise<void> {
    if (person.provider === 'flanks') return;
    await this.ground.call('POST', `/v1/connections/${person.connectionId}/refresh`, { userPresent: true });
  }

  /** The same wrong password again and again. */
  private async typeWrong(person: Person): Promise<void> {
    this.wrongInputs += 1;
    const fields = { ...loginOf(this.ground, person), password: `wrong-${String(this.wrongInputs)}` };
    // A bank that cannot be reached refuses nothing.
    if (person.way === 'card') this.ground.flinks.clearScripts(person.username);
    const before = attemptsOf(this.ground, person);
    const answers: string[] = [];
    for (let times = this.dice.between(1, 5); times > 0; times -= 1) {
      answers.push(await this.giveLogin(person, fields));
      await answerBank(this.ground, person);
      this.count('wrong password');
    }
    const attempts = attemptsOf(this.ground, person) - before;
    if (attempts > MOST_WRONG) {
      this.deeds.tooManyWrong.push(`${label(person)}: ${String(attempts)} attempts; ${answers.join(', ')}`);
    }
  }

  /** @returns the status and the code of the answer. */
  private async giveLogin(person: Person, fields: Record<string, string>): Promise<string> {
    const path = `/v1/connections/${person.connectionId}/login`;
    const { status, body } = await this.ground.call('PUT', path, { fields });
    return `${String(status)} ${String(member(body, 'code') ?? member(body, 'state', 'value'))}`;
  }

  private async visit({ userId, connectionId, username }: Person, purpose: string): Promise<void> {
    await visit(this.ground, { userId, provider: 'flanks', purpose, connectionId }, username);
  }

  private scheduleNightly({ institutionId, username }: Person): void {
    const { cards } = this.ground.flinks.state();
    const card = cards.find((each) => each.institution === institutionId && each.username === username);
    if (card) this.ground.flinks.setScheduledRefresh(card.loginId, true);
  }

  private count(what: string): void {
    this.deeds.done.set(what, (this.deeds.done.get(what) ?? 0) + 1);
  }
}
