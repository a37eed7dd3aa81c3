export type ResponseType = 'KYC' | 'GetAccountsDetail';

/** How a webhook lies: no signature, one of another secret, or one of another body. */
export type Forgery = 'unsigned' | 'wrong_secret' | 'changed_body';

export interface WebhookAttempt {
  /** Epoch milliseconds. */
  readonly at: number;
  /** `null` = no answer came. Only 200 counts. */
  readonly status: number | null;
}

export interface SentWebhook {
  readonly id: string;
  readonly responseType: ResponseType;
  readonly loginId: string;
  /** `held` until it is released; `waiting` for its time or its next attempt. */
  readonly state: 'held' | 'waiting' | 'delivered' | 'given_up';
  readonly forged: Forgery | null;
  /** The webhook that this one repeats. */
  readonly duplicateOf: string | null;
  /** Epoch milliseconds of the next attempt, or of the last. */
  readonly dueAt: number;
  readonly attempts: readonly WebhookAttempt[];
}

export interface WebhookManner {
  /** New ones wait until they are released. Default false. */
  readonly hold: boolean;
  /** Milliseconds that new ones wait. Default 0. */
  readonly delayMs: number;
  /** The documentation has two names. Default `flinks-authenticity-key`. */
  readonly header: 'flinks-authenticity-key' | 'X-Flinks-Signature';
}

/** Unknown ids: throws `UnknownThing`; without `webhookUrl` nothing is ever sent. */
export interface WebhookControl {
  /** Oldest first. */
  list(): readonly SentWebhook[];
  configure(manner: Partial<WebhookManner>): WebhookManner;
  /** Lets those that are held go. @returns how many. */
  release(order?: 'as_made' | 'reversed'): number;
  /** Sends the same bytes again. @returns the id of the new one. */
  duplicate(id: string): string;
  /** A lie about a card's details. @returns its id. */
  forge(loginId: string, forgery: Forgery): string;
  /** Resolves when everything that is due now has been answered. */
  idle(): Promise<void>;
}
