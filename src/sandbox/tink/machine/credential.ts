import type { Outcome } from '../data/demo-users.js';
import type { CredentialsStatus, CredentialsType, DetailedError, Field } from '../wire.types.js';

/** How a provider signs a user in. `auto` ends by itself, as the vendor's older test providers do. */
export type Flow =
  | { readonly kind: 'password' }
  | { readonly kind: 'questions'; readonly script: 'otp' | 'templates' | 'two-rounds' }
  | { readonly kind: 'bankid'; readonly token: boolean; readonly auto: boolean }
  | { readonly kind: 'third-party'; readonly auto: AutoEnd | null }
  | { readonly kind: 'switched-off' };

export type AutoEnd = 'success' | 'failed' | 'cancelled';

export interface Question {
  readonly fields: readonly Field[];
  /** What counts as right, by field name. */
  readonly accept: Readonly<Record<string, readonly string[]>>;
}

/** One stay of a run. Plain data, because it goes into the state file. */
export interface Step {
  /** `null` keeps the status that was there. A settled status ends the run. */
  readonly status: CredentialsStatus | null;
  /** Milliseconds until the credential leaves by itself. */
  readonly forMs: number;
  /** The user is waited for, and leaving by itself is a time-out. */
  readonly timesOut: boolean;
  readonly question?: Question;
  readonly error?: DetailedError;
}

export interface Run {
  /** The first is the current one. */
  readonly steps: readonly Step[];
  readonly enteredAt: number;
  /** The bank's `state` or the BankID autostart token; new for each run. */
  readonly token: string;
  /** Data is pulled; otherwise only the session is renewed. */
  readonly pulls: boolean;
  /** Success starts a new session. */
  readonly authenticates: boolean;
  /** The link was withheld once: the first look at an awaited third party shows nothing. */
  readonly linkShown: boolean;
}

export interface Credential {
  readonly id: string;
  readonly userId: string;
  readonly providerName: string;
  readonly type: CredentialsType;
  readonly flow: Flow;
  readonly openBanking: boolean;
  /** Milliseconds that a session of this login lives. */
  readonly sessionMs: number;
  readonly created: number;
  readonly status: CredentialsStatus;
  readonly statusUpdated: number;
  readonly statusPayload: string | null;
  readonly updated: number | null;
  /** Last time that data was pulled. */
  readonly dataAsOf: number | null;
  readonly detailedError: DetailedError | null;
  readonly sessionExpiryDate: number | null;
  /** The bank may end a session before its date. */
  readonly sessionAlive: boolean;
  /** Without secrets. */
  readonly fields: Readonly<Record<string, string>>;
  /** Of all fields with their secrets, to find identical ones; `null` when there are no fields. */
  readonly fieldsDigest: string | null;
  /** Whose data the bank shows. */
  readonly login: string;
  readonly outcome: Outcome;
  readonly appUri: string;
  readonly callbackUri: string | null;
  readonly run: Run | null;
  /** How often the vendor gave its accounts and transactions new ids; absent = never. */
  readonly mints?: number;
  /** The next run that pulls data ends with new ids. */
  readonly remintNext?: boolean;
}

/** What a run is started with. */
export interface RunRequest {
  readonly pulls: boolean;
  /** Force the user's sign-in although a session may be alive. */
  readonly authenticate: boolean;
  /** `null` = the caller did not say. */
  readonly userAvailable: boolean | null;
  /** Random and unguessable. */
  readonly token: string;
  readonly now: number;
  readonly stepMs: number;
}
