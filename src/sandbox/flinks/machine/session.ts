import type { Round } from '../data/challenges.js';
import type { DataManner } from '../data/demo-users.js';
import type { FlinksCode } from '../flinks-codes.js';
import type { AttemptCause } from '../flinks-simulator.types.js';
import type { Language } from '../wire.types.js';
import type { StoredAnswers } from './answers.js';
import type { Endpoint, Pull } from './pull.js';

/** Who signs in where. Together it is what a LoginId stands for. */
export interface Login {
  readonly institutionId: number;
  /** As typed. */
  readonly username: string;
  readonly language: Language;
}

/** What follows when the bank has spoken. */
export type Arrival =
  /** `wrong`: the last answer was, and may be given again. */
  | { readonly kind: 'challenged'; readonly wrong: boolean }
  | { readonly kind: 'authorized' }
  | { readonly kind: 'failed'; readonly code: FlinksCode };

export type Phase =
  /** AuthorizeAsync only; the other call waits for the bank. */
  | { readonly kind: 'working'; readonly until: number; readonly next: Arrival }
  | { readonly kind: 'challenged'; readonly since: number; readonly wrong: boolean }
  | { readonly kind: 'authorized'; readonly at: number; readonly pull: Pull }
  | { readonly kind: 'failed'; readonly at: number; readonly code: FlinksCode }
  | { readonly kind: 'closed'; readonly at: number };

/** One RequestId. */
export interface Session {
  readonly requestId: string;
  readonly login: Login;
  /** The card behind it; `null` until one is saved. */
  readonly loginId: string | null;
  readonly cause: Exclude<AttemptCause, 'nightly'> | 'cached';
  readonly save: boolean;
  readonly scheduleRefresh: boolean;
  /** Statements may be fetched. */
  readonly statements: boolean;
  readonly tag: string | null;
  /** What the user signed in with. */
  readonly passwordDigest: string | null;
  /** Right answers are kept for refreshes with nobody present. */
  readonly keepsAnswers: boolean;
  readonly keptAnswers: StoredAnswers;
  /** The first is the open one. */
  readonly rounds: readonly Round[];
  readonly wrongAnswers: number;
  readonly manner: DataManner;
  readonly phase: Phase;
  /** How many 202 each endpoint gave before its time. */
  readonly polls: Readonly<Record<Endpoint, number>>;
  /** Parameters of the direct call, which its Async call repeats. */
  readonly asked: Readonly<Record<Endpoint, DataQuery>>;
  readonly detailAnsweredAt: number | null;
}

export interface DataQuery {
  readonly identity: boolean;
  readonly kyc: boolean;
  readonly transactions: boolean;
  readonly balance: boolean;
  readonly days: 90 | 365;
  /** `null` = all accounts. */
  readonly accounts: readonly string[] | null;
  readonly statements: number;
}

export const DEFAULT_QUERY: DataQuery = {
  ...{ identity: true, kyc: true, transactions: true, balance: true },
  ...{ days: 90, accounts: null, statements: 1 },
};
