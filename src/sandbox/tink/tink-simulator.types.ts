import type { MovableClock } from '../../platform/time/clock.js';
import type { SharedControl } from '../simulator/control-desk.js';
import type { ArmedFault } from '../simulator/faults.js';
import type { PendingIds } from './data/bank-data.js';
import type { Outcome } from './data/demo-users.js';
import type { Totals } from './data/totals.js';
import type { LinkError, LinkSpelling } from './link/link-return.js';
import type { Delivery, Forgery, WebhookSwitches } from './webhooks/webhook-sender.js';
import type { CredentialsStatus, CredentialsView, DetailedError } from './wire.types.js';

/** How the QR route answers; the sources disagree, so a client must read all three. */
export type QrForm = 'data-url' | 'png' | 'base64';

export interface TinkSimulatorOptions {
  readonly clock: MovableClock;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Where the state survives a restart; default: nowhere. A write is on disk before its call is answered. */
  readonly stateFile?: string | null;
  /** Milliseconds that each step of a credential takes by itself; default 1000. */
  readonly stepMs?: number;
  /** Default 1800. */
  readonly clientTokenSeconds?: number;
  /** Default 7200. */
  readonly userTokenSeconds?: number;
  /** Default `data-url`. */
  readonly qrForm?: QrForm;
  /** The answer to a second refresh while one runs; unpublished, so both are possible. Default 409. */
  readonly busyStatus?: 409 | 429;
  /** An endpoint for all events that nobody has to register. Needs `webhookSecret`. */
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
}

export interface TinkSimulator {
  /** Without a trailing slash, e.g. `http://127.0.0.1:4001`. */
  readonly url: string;
  /** Where Tink Link is; without a trailing slash. */
  readonly linkUrl: string;
  readonly control: TinkControl;
  /** Ends open connections and writes the state file. */
  close(): Promise<void>;
}

/** The switches of Tink Link; what is left out stays as it is. */
export interface LinkSwitches {
  /** Default `credentials_id`. */
  readonly spelling?: LinkSpelling;
  /** Back to the app before the data is there. Default false. */
  readonly earlyRedirect?: boolean;
  /** Ends the visit whose page is shown next; `null` = none. */
  readonly nextError?: LinkError | null;
}

export interface StatusChange {
  readonly status: CredentialsStatus;
  /** Shown by provider-consents; left out = none. */
  readonly detailedError?: DetailedError | null;
  readonly statusPayload?: string | null;
}

/** `expire`: SESSION_EXPIRED at once. `silent`: nothing shows until the next refresh, which then asks the user again. */
export type SessionKill = 'expire' | 'silent';

export interface CredentialsState extends CredentialsView {
  readonly outcome: Outcome;
  readonly running: boolean;
  readonly detailedError: DetailedError | null;
  /** The answers that end the open question well, by field name; `null` when nothing is asked. */
  readonly expectedAnswer: Readonly<Record<string, string>> | null;
  /** Where the user would approve, while a third party or BankID is awaited. */
  readonly bankUrl: string | null;
}

/** Everything the simulator knows, without passwords, tokens and codes. */
export interface TinkState {
  readonly now: number;
  readonly users: readonly { readonly id: string; readonly externalUserId: string | null; readonly market: string }[];
  readonly credentials: readonly CredentialsState[];
  readonly faults: readonly ArmedFault[];
  /** 2 = somebody asked for a run of a credential while one was going on. 0 = nobody asked for any. */
  readonly maxConcurrentRefreshesPerCredential: number;
}

/** The same as the routes under `/__sim`, in-process. Unknown credentials: throws `UnknownCredentials`;
 * `approve` and `cancel` with nobody awaited: `NothingAwaited`. */
export interface TinkControl extends SharedControl {
  state(): TinkState;
  credentials(id: string): CredentialsState;
  /** Forces a status whatever the transition table says, and stops what runs. */
  setStatus(credentialsId: string, change: StatusChange): CredentialsState;
  /** How the bank treats this login from its next run on. */
  setOutcome(credentialsId: string, outcome: Outcome): CredentialsState;
  killSession(credentialsId: string, how?: SessionKill): CredentialsState;
  /** What the user does at the bank or in the BankID app. */
  approve(credentialsId: string): CredentialsState;
  cancel(credentialsId: string): CredentialsState;
  setQrForm(form: QrForm): void;
  setLink(switches: LinkSwitches): void;
  /** Of one credential, of one user (by our id of the user) or of all. */
  totals(of?: { readonly credentialsId?: string; readonly externalUserId?: string }): Totals;
  /** Accounts and transactions get new ids: at once, or when the next run has pulled data. */
  remintIds(credentialsId: string, when?: 'now' | 'next-run'): CredentialsState;
  /** Whether a pending transaction keeps its id when it is booked. */
  setPendingIds(ids: PendingIds): void;
  setWebhooks(switches: WebhookSwitches): void;
  /** A delivery about this credential that must not be believed. */
  forgeWebhook(credentialsId: string, how: Forgery): void;
  /** What was sent or waits, oldest first. */
  webhooks(): readonly Delivery[];
  /** Resolves when everything that is due by the clock was sent. */
  flushWebhooks(): Promise<void>;
}

export class UnknownCredentials extends Error {
  constructor(id: string) {
    super(`No credentials ${id} in this simulator.`);
  }
}

export class NothingAwaited extends Error {
  constructor() {
    super('These credentials await nobody at the bank.');
  }
}
