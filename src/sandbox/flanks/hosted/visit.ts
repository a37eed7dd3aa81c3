import { bankOf } from '../bank/banks.js';
import { type Challenge, type LinkError, judgeAnswer, judgePassword, needsInput } from '../bank/test-bank.js';
import type { RepairKind } from '../machine/credential.js';
import type { Group } from '../machine/groups.js';

/** Which errors send the user back. */
export type Rollback = 'none' | 'all' | readonly string[];

export type Origin =
  | {
      readonly kind: 'link';
      readonly linkToken: string;
      readonly rollback: Rollback;
      readonly extras: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'session'; readonly sessionId: string };

/** One user on the hosted pages. Plain data, and no password. */
export interface Visit {
  /** Unguessable; the pages carry it. */
  readonly id: string;
  readonly origin: Origin;
  /** `null`: new credentials. */
  readonly repairs: { readonly kind: RepairKind; readonly credentialId: string } | null;
  /** The banks to choose from. */
  readonly choice: readonly string[];
  readonly bank: string | null;
  readonly externalId: string | null;
  readonly step: 'bank' | 'login' | 'challenge';
  readonly username: string | null;
  readonly failing: readonly Group[] | null;
  /** What is asked now. */
  readonly challenge: Challenge | null;
  /** How the bank asked first. */
  readonly firstChallenge: Challenge | null;
  /** Shown on the page. */
  readonly notice: string | null;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

export interface VisitForm {
  readonly bank: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly answer: string | null;
}

export type Moved =
  | { readonly kind: 'waits'; readonly visit: Visit }
  | { readonly kind: 'failed'; readonly visit: Visit; readonly code: LinkError }
  | { readonly kind: 'passed'; readonly visit: Visit };

/** Takes a form as far as it reaches: one page at a time, or all pages in one post. */
export function moveVisit(visit: Visit, form: VisitForm, exists: (bank: string, username: string) => boolean): Moved {
  let moved: Moved = { kind: 'waits', visit: { ...visit, notice: null } };
  if (moved.visit.step === 'bank' && form.bank !== null) moved = chooseBank(moved.visit, form.bank);
  if (moved.visit.step === 'login' && (form.username ?? form.password) !== null) {
    moved = signIn(moved.visit, form, exists);
  }
  if (moved.kind === 'waits' && moved.visit.step === 'challenge' && form.answer !== null) {
    moved = answer(moved.visit, form.answer);
  }
  return moved;
}

function chooseBank(visit: Visit, bank: string): Moved {
  if (!visit.choice.includes(bank) || !bankOf(bank)) return waits(visit, { notice: 'Choose one of these banks.' });
  return waits(visit, { bank, step: 'login' });
}

function signIn(visit: Visit, form: VisitForm, exists: (bank: string, username: string) => boolean): Moved {
  // Whoever repairs is known already.
  const username = visit.repairs === null ? form.username : visit.username;
  if (!username || !form.password) return waits(visit, { notice: 'Enter username and password.' });
  if (visit.repairs !== null && form.username !== null && form.username !== username) {
    return failed(visit, 'INVALID_CREDENTIALS');
  }
  const verdict = judgePassword(form.password);
  if (verdict.kind === 'error') return failed(visit, verdict.code);
  if (visit.repairs === null && exists(visit.bank ?? '', username)) return failed(visit, 'CREDENTIALS_ALREADY_EXIST');
  const known = { ...visit, username };
  if (verdict.kind === 'asks') return asks({ ...known, failing: [] }, verdict.challenge);
  return { kind: 'passed', visit: { ...known, failing: verdict.failing } };
}

function answer(visit: Visit, word: string): Moved {
  const { challenge } = visit;
  if (challenge !== null && !needsInput(challenge)) return { kind: 'passed', visit };
  if (word === '') return waits(visit, { notice: 'Enter the code.' });
  const verdict = judgeAnswer(word);
  if (verdict.kind === 'error') return failed(visit, verdict.code);
  return verdict.kind === 'asks' ? asks(visit, verdict.challenge) : { kind: 'passed', visit };
}

const asks = (visit: Visit, challenge: Challenge): Moved =>
  waits(visit, { step: 'challenge', challenge, firstChallenge: visit.firstChallenge ?? challenge });

const waits = (visit: Visit, change: Partial<Visit>): Moved => ({ kind: 'waits', visit: { ...visit, ...change } });

const failed = (visit: Visit, code: LinkError): Moved => ({ kind: 'failed', visit, code });

/** The page after an error that does not send the user back. */
export function retried(visit: Visit, code: LinkError): Visit {
  const isAnswer = visit.repairs !== null && visit.repairs.kind !== 'reset';
  if (isAnswer) return { ...visit, notice: code };
  return { ...visit, step: 'login', challenge: null, firstChallenge: null, failing: null, notice: code };
}

/** `true` is all of them, a list names some; anything else is none. */
export function rollbackOf(text: string | null): Rollback {
  if (text === null || text === '' || text === 'false') return 'none';
  return text === 'true' ? 'all' : text.split(',').map((code) => code.trim());
}

/** Whether the user is sent back with this error. Who leaves is sent back when any error would be. */
export function sendsBack(rollback: Rollback, code: LinkError): boolean {
  if (rollback === 'none' || rollback === 'all') return rollback === 'all';
  return code === 'ABORTED_BY_USER' || rollback.includes(code);
}
