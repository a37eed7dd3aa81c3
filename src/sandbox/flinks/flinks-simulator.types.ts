import type { MovableClock } from '../../platform/time/clock.js';
import type { SharedControl } from '../simulator/control-desk.js';
import type { ArmedFault } from '../simulator/faults.js';
import type { FlinksCode, StatusDialect } from './flinks-codes.js';
import type { CardTotals } from './data/totals.types.js';
import type { WebhookControl } from './webhooks/webhook.types.js';
import type { Language, SecurityChallenge } from './wire.types.js';

/** Milliseconds. */
export interface FlinksTimers {
  /** An unused authorize token; default 30 min (one page says 15). */
  readonly token: number;
  /** A RequestId that waits for answers; default 8 min. */
  readonly dialogue: number;
  /** A RequestId from its authorization on; default 30 min. */
  readonly session: number;
  /** How long a RequestId still works after GetAccountsDetail answered 200; default 1 min. */
  readonly afterDetail: number;
  /** Stored logins, from the last successful live call on; default 30 days. */
  readonly credentials: number;
  /** Stored data, from the last successful live call on; default 90 days. */
  readonly data: number;
}

/** What a customer's instance can be set to. All of it can be changed while the simulator runs. */
export interface FlinksSwitches extends StatusDialect {
  /** `/Authorize` and Connect need a token. Default: whether there is a `secretKey`. */
  readonly requireToken: boolean;
  /** The other endpoints need `x-api-key`. Default: whether there is an `apiKey`. */
  readonly requireApiKey: boolean;
  /** How many answers of each data endpoint are 202 however long they took; default 0. Not for cached sessions. */
  readonly pendingPolls: number;
  /** The same for cached sessions; default 0. */
  readonly cachedPendingPolls: number;
  /** The wrong answer that ends a dialogue; default 3. */
  readonly answerAttempts: number;
  /** What DeleteCard says of an unknown LoginId: an error, or 200 with "Invalid LoginId" in the text. Default `error`. */
  readonly deleteUnknown: 'error' | 'text';
  /** Endpoints that answer METHOD_NOT_AVAILABLE, e.g. `AuthorizeAsync`; default none. */
  readonly disabledEndpoints: readonly string[];
  /** The nightly run leaves out cards without a cached call in seven days. Default true; customers with webhooks have false. */
  readonly nightlyNeedsCachedCall: boolean;
}

export interface FlinksSimulatorOptions extends Partial<FlinksSwitches> {
  readonly clock: MovableClock;
  /** The segment after `/v3`. */
  readonly customerId: string;
  /** Left out: every key gets a token, and nothing needs one. */
  readonly secretKey?: string;
  /** Left out: no key is looked at. */
  readonly apiKey?: string;
  /** Part of every LoginId; default `toolbox`. */
  readonly instance?: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Where the state survives a restart; default: nowhere. A write is on disk before its call is answered. */
  readonly stateFile?: string | null;
  /** Milliseconds of one step of work: an AuthorizeAsync call takes one, Summary one, Detail two, Statements three. Default 1000. */
  readonly stepMs?: number;
  readonly timers?: Partial<FlinksTimers>;
  /** Where webhooks go; default: none are sent. */
  readonly webhookUrl?: string;
  /** Signs them; default: they are not signed. */
  readonly webhookSecret?: string;
}

export interface FlinksSimulator {
  /** Ends before `/v3`, without a trailing slash. */
  readonly apiUrl: string;
  /** Ends before `/v2`, without a trailing slash. */
  readonly connectUrl: string;
  readonly control: FlinksControl;
  /** Ends open connections and writes the state file. */
  close(): Promise<void>;
}

export type AttemptCause = 'credentials' | 'login-id' | 'connect' | 'nightly';

/** One time that the bank was contacted for a login. */
export interface BankAttempt {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly cause: AttemptCause;
  readonly institution: string;
  /** Lower case. */
  readonly username: string;
  readonly language: Language;
  /** `null` while no card is saved for the login. */
  readonly loginId: string | null;
}

export type AttemptFilter = Partial<Omit<BankAttempt, 'at'>>;

/** How the bank or the vendor treats a login. The first script that fits is used. */
export interface Script {
  readonly username: string;
  /** Sign-in (nightly too), an answer to a challenge, or the data calls of a session that began meanwhile. */
  readonly at: 'authorize' | 'answer' | 'data';
  readonly code: FlinksCode;
  /** Default 1; `null` = until cleared. */
  readonly times?: number | null;
}

export interface CardState {
  readonly loginId: string;
  readonly institutionId: number;
  readonly institution: string;
  readonly username: string;
  readonly language: Language;
  readonly isScheduledRefresh: boolean;
  /** Epoch milliseconds of the stored data; `null` = none yet. */
  readonly dataAsOf: number | null;
  readonly lastRefreshState: string;
  readonly lastRefreshError: FlinksCode | null;
  readonly aggregating: boolean;
  readonly hasCredentials: boolean;
  readonly attempts: number;
}

export interface SessionState {
  readonly requestId: string;
  readonly loginId: string | null;
  readonly cached: boolean;
  readonly phase: 'working' | 'challenged' | 'processing' | 'ready' | 'failed' | 'expired' | 'closed';
  readonly code: FlinksCode | null;
  readonly challenges: readonly SecurityChallenge[];
  /** The SecurityResponses that are right; `null` when nothing is asked. */
  readonly expectedAnswers: SecurityResponses | null;
}

export type SecurityResponses = Readonly<Record<string, readonly string[]>>;

/** Everything the simulator knows, without passwords and tokens. */
export interface FlinksState {
  readonly now: number;
  readonly switches: FlinksSwitches;
  readonly cards: readonly CardState[];
  readonly sessions: readonly SessionState[];
  readonly faults: readonly ArmedFault[];
  readonly scripts: readonly Script[];
  /** 2 = a live session of a card was asked for while one was open. 0 = none was asked for. */
  readonly maxConcurrentRefreshesPerCredential: number;
}

export interface LinkOptions {
  /** Default `FlinksCapital`. */
  readonly institution?: string;
  readonly username: string;
  /** Default `en`. */
  readonly language?: Language;
  /** Default false. */
  readonly scheduleRefresh?: boolean;
}

/** The same as the routes under `/__sim`, in-process. Unknown ids: throws `UnknownThing`. */
export interface FlinksControl extends SharedControl {
  state(): FlinksState;
  card(loginId: string): CardState;
  session(requestId: string): SessionState;
  /** Who was attempted at the bank, oldest first. */
  attempts(filter?: AttemptFilter): readonly BankAttempt[];
  clearAttempts(): void;
  script(script: Script): void;
  /** Without a username: all of them. */
  clearScripts(username?: string): void;
  configure(switches: Partial<FlinksSwitches>): FlinksSwitches;
  /** The user changes the password at the bank: stored ones stop working. */
  setPassword(username: string, password: string): void;
  /** What the cached `/Authorize` of a card reports; `null` = nothing. */
  setLastRefreshError(loginId: string, code: FlinksCode | null): CardState;
  setScheduledRefresh(loginId: string, active: boolean): CardState;
  /** Saves a card with data as if the user had come through Connect a while ago. @returns its LoginId. */
  link(options: LinkOptions): string;
  /** Ends the wait for answers at once. */
  expireSession(requestId: string): SessionState;
  /** What a complete reading of the stored data has. @param days back from their time; default 365. */
  totals(loginId: string, days?: number): CardTotals;
  readonly webhooks: WebhookControl;
  /** Does what the next night would do, now. @returns LoginIds that were attempted. */
  runNightly(): readonly string[];
  /** Forgets cards, sessions, tokens, attempts, scripts, passwords, faults and calls. Switches stay. */
  reset(): void;
}

export class UnknownThing extends Error {
  constructor(what: string) {
    super(`No ${what} in this simulator.`);
  }
}
