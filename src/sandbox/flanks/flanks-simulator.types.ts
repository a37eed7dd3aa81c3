import type { MovableClock } from '../../platform/time/clock.js';
import type { SharedControl } from '../simulator/control-desk.js';
import type { ArmedFault } from '../simulator/faults.js';

/** Where the sources disagree or are silent; each can be changed while the simulator runs. */
export interface FlanksSwitches {
  /** A new access token ends the one before. Default false. */
  readonly singleActiveToken: boolean;
  /** `expires_in` of access tokens. Default 3600. */
  readonly tokenSeconds: number;
  /** The inner key of `errored` and `created`. Default `transaction`. */
  readonly groupKey: 'transaction' | 'transactions';
  /** Codes younger than 72 hours are answered with 202. Default false. */
  readonly delayedExchange: boolean;
  /** Hosted pages end without a redirect, as when the browser was closed. Default false. */
  readonly lostRedirect: boolean;
  /** The success redirect repeats the extra parameters. Default true. */
  readonly extrasOnSuccess: boolean;
  /** The same login may be entered again; its credentials are the same. Default false. */
  readonly allowDuplicates: boolean;
  /** `new`: every 400 has the shape `{success, error: {code, details}, trace_id}`. Default `documented`. */
  readonly badRequestShape: 'documented' | 'new';
  /** HTTP status of the codes 20001 and 20002. Default 200. */
  readonly dataErrorStatus: 200 | 202 | 400;
  /** Items on a page of any list. Default 50. */
  readonly pageSize: number;
  /** `error_code` of a session that meets credentials that exist; none is published. Default `InternalError`. */
  readonly sessionDuplicateCode: string;
  /** A session is still `Processing:…` for one step when the user is back. Default false. */
  readonly processingOnReturn: boolean;
}

export interface FlanksSimulatorOptions extends Partial<FlanksSwitches> {
  readonly clock: MovableClock;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Where the state survives a restart; default: nowhere. A write is on disk before its call is answered. */
  readonly stateFile?: string | null;
  /** Milliseconds that each group of data takes to load; a load is eleven groups and a last step. Default 250. */
  readonly stepMs?: number;
}

export interface FlanksSimulator {
  /** The API. Without a trailing slash, e.g. `http://127.0.0.1:4002`. */
  readonly url: string;
  /** The hosted pages. The same server. */
  readonly platformUrl: string;
  readonly control: FlanksControl;
  /** Ends open connections and writes the state file. */
  close(): Promise<void>;
}

/** What the bank does at the next attempt without the user: lets in, asks for a second factor, refuses the login, is away. */
export type BankAnswer = 'ok' | 'challenge' | 'refuse' | 'down';

export interface BankAttempts {
  readonly total: number;
  /** With the user present: connecting, SCA and Reset. */
  readonly user: number;
  /** The daily update. */
  readonly daily: number;
  /** Epoch milliseconds. */
  readonly lastAt: number;
}

export interface FlanksCredentialsState {
  /** The simulator's own name, e.g. `cred-1`. Not the vendor's token. */
  readonly id: string;
  readonly bank: string;
  readonly username: string;
  readonly externalId: string | null;
  readonly pending: boolean;
  readonly blocked: boolean;
  /** Which of the three tokens are set. */
  readonly tokens: { readonly sca: boolean; readonly reset: boolean; readonly transaction: boolean };
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds, `null` before the first load ended. */
  readonly lastUpdate: number | null;
  /** Epoch milliseconds. From then on the daily update meets a second factor. */
  readonly scaDueAt: number;
  /** Groups that finished loading, e.g. `product.account`. */
  readonly created: readonly string[];
  readonly errored: readonly string[];
  readonly bankAnswer: BankAnswer;
  readonly bankAttempts: BankAttempts;
}

/** How many items, and their sum as an exact decimal, e.g. `-12.50`. */
export interface FlanksTotal {
  readonly count: number;
  readonly sum: string;
}

/** What one credential's data come to. Groups that failed count as if they had not. */
export interface FlanksTotals {
  /** Sums of balances. */
  readonly products: Readonly<
    Record<'account' | 'card' | 'liability' | 'portfolio' | 'investment' | 'holders', FlanksTotal>
  >;
  /** Sums of amounts. All are booked: the vendor has no other. */
  readonly transactions: Readonly<Record<'account' | 'card' | 'liability' | 'investment', FlanksTotal>>;
  readonly currency: string;
}

export interface FlanksLinkState {
  readonly name: string;
  readonly redirectUri: string;
  readonly active: boolean;
  readonly pendingCodes: number;
}

export interface FlanksSessionState {
  readonly id: string;
  readonly status: string;
  readonly errorCode: string | null;
}

/** Everything the simulator knows, without passwords, tokens and codes. */
export interface FlanksState {
  readonly now: number;
  readonly switches: FlanksSwitches;
  readonly credentials: readonly FlanksCredentialsState[];
  readonly links: readonly FlanksLinkState[];
  readonly sessions: readonly FlanksSessionState[];
  readonly faults: readonly ArmedFault[];
}

/** The same as the routes under `/__sim`, in-process.
 * `ref` is an id of the state or a `credentials_token`; unknown: throws `UnknownCredentials`. */
export interface FlanksControl extends SharedControl {
  state(): FlanksState;
  credentials(ref: string): FlanksCredentialsState;
  setSwitches(change: Partial<FlanksSwitches>): FlanksSwitches;
  /** Blocked with a reset token, or neither. */
  setBlocked(ref: string, blocked: boolean): FlanksCredentialsState;
  /** Pending SCA, or not. Twice on gives a new token. */
  setSca(ref: string, needed: boolean): FlanksCredentialsState;
  /** Groups whose loads fail from now on and whose flags show it at once, e.g. `product.card`. */
  setErrored(ref: string, groups: readonly string[]): FlanksCredentialsState;
  /** Of the data as they are now. */
  totals(ref: string): FlanksTotals;
  setBankAnswer(ref: string, answer: BankAnswer): FlanksCredentialsState;
}

export class UnknownCredentials extends Error {
  constructor() {
    super('No such credentials in this simulator.');
  }
}
