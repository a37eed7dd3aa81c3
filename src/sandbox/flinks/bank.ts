import { createHash } from 'node:crypto';
import { type Round, roundOf } from './data/challenges.js';
import { type DataManner, type DemoUser, PASSWORD, demoUser } from './data/demo-users.js';
import type { Institution } from './data/institutions.js';
import type { FlinksCode } from './flinks-codes.js';
import type { AttemptCause, AttemptFilter, BankAttempt, Script } from './flinks-simulator.types.js';
import { keyOf } from './machine/card.js';
import type { Login } from './machine/session.js';
import { mannerOf } from './machine/pull.js';

export interface Visitor {
  readonly cause: AttemptCause;
  readonly institution: Institution;
  readonly login: Login;
  readonly loginId: string | null;
  readonly passwordDigest: string | null;
  /** Every question at once instead of one of them. */
  readonly everyQuestion: boolean;
}

export type Reception =
  | { readonly kind: 'refused'; readonly code: FlinksCode }
  | { readonly kind: 'open'; readonly rounds: readonly Round[]; readonly manner: DataManner };

export interface BankState {
  readonly attempts: readonly BankAttempt[];
  readonly counts: readonly (readonly [string, number])[];
  readonly scripts: readonly Script[];
  readonly passwords: readonly (readonly [string, string])[];
}

const MAX_ATTEMPTS = 10_000;
const MAX_SCRIPTS = 1000;

export const digestOf = (password: string): string => createHash('sha256').update(`password:${password}`).digest('hex');

/** The bank's side: it knows the users, counts who comes, and fails on request. */
export class Bank {
  private log: BankAttempt[] = [];
  private counts = new Map<string, number>();
  private armed: Script[] = [];
  private passwords = new Map<string, string>();

  knock(visitor: Visitor, at: number): Reception {
    const { login, institution, loginId, cause } = visitor;
    if (!institution.enabled) return { kind: 'refused', code: 'DISABLED_INSTITUTION' };
    const count = this.count(login);
    const username = login.username.toLowerCase();
    this.log.push({ at, cause, institution: institution.name, username, language: login.language, loginId });
    if (this.log.length > MAX_ATTEMPTS) this.log = this.log.slice(-MAX_ATTEMPTS / 2);
    this.counts.set(keyOf(login), count + 1);
    const scripted = this.take(username, 'authorize');
    if (scripted) return { kind: 'refused', code: scripted };
    const user = demoUser(username);
    const code = user ? this.refusal(user, visitor.passwordDigest) : 'INVALID_USERNAME';
    if (!user || code) return { kind: 'refused', code: code ?? 'INVALID_USERNAME' };
    const data = this.take(username, 'data');
    return { kind: 'open', rounds: roundsOf(user, visitor, count), manner: data ? mannerOf(data) : user.data };
  }

  /** Uses up a script. */
  take(username: string, at: Script['at']): FlinksCode | null {
    const index = this.armed.findIndex((script) => script.at === at && script.username === username.toLowerCase());
    const script = this.armed[index];
    if (!script) return null;
    const { times = 1 } = script;
    if (times !== null) this.armed.splice(index, 1, ...(times > 1 ? [{ ...script, times: times - 1 }] : []));
    return script.code;
  }

  /** How often the bank was contacted for a login. */
  count(login: Login): number {
    return this.counts.get(keyOf(login)) ?? 0;
  }

  attempts(filter: AttemptFilter = {}): readonly BankAttempt[] {
    const { cause, institution, username, language, loginId } = filter;
    const fits = (wanted: unknown, is: unknown): boolean => wanted === undefined || wanted === is;
    return this.log.filter(
      (attempt) =>
        fits(cause, attempt.cause) &&
        fits(institution, attempt.institution) &&
        fits(username?.toLowerCase(), attempt.username) &&
        fits(language, attempt.language) &&
        fits(loginId, attempt.loginId),
    );
  }

  clearAttempts(): void {
    this.log = [];
    this.counts.clear();
  }

  /** @throws RangeError when there are too many. */
  script(script: Script): void {
    if (this.armed.length >= MAX_SCRIPTS) throw new RangeError(`At most ${MAX_SCRIPTS} scripts at a time.`);
    this.armed.push({ ...script, username: script.username.toLowerCase() });
  }

  scripts(): readonly Script[] {
    return [...this.armed];
  }

  clearScripts(username?: string): void {
    this.armed = username === undefined ? [] : this.armed.filter((one) => one.username !== username.toLowerCase());
  }

  setPassword(username: string, password: string): void {
    this.passwords.set(username.toLowerCase(), digestOf(password));
  }

  save(): BankState {
    const { log, counts, armed, passwords } = this;
    return { attempts: log, counts: [...counts], scripts: armed, passwords: [...passwords] };
  }

  load({ attempts, counts, scripts, passwords }: BankState): void {
    this.log = [...attempts];
    this.counts = new Map(counts);
    this.armed = [...scripts];
    this.passwords = new Map(passwords);
  }

  clear(): void {
    this.load({ attempts: [], counts: [], scripts: [], passwords: [] });
  }

  passwordOf(username: string): string {
    return this.passwords.get(username.toLowerCase()) ?? digestOf(PASSWORD);
  }

  private refusal({ username, refusal }: DemoUser, passwordDigest: string | null): FlinksCode | null {
    return passwordDigest === this.passwordOf(username) ? refusal : 'INVALID_PASSWORD';
  }
}

function roundsOf({ asks }: DemoUser, { institution, login, everyQuestion }: Visitor, count: number): readonly Round[] {
  const { language } = login;
  if (asks !== 'vary') return asks.map((names) => roundOf(names, language));
  if (institution.country === 'US') return [roundOf(['sum'], language)];
  const names = ['shape', 'city', 'country'] as const;
  return [roundOf(everyQuestion ? names : [names[count % names.length] ?? 'shape'], language)];
}
