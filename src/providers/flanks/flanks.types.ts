/** Flanks' words. They stay in this folder. */

/** What `errored` and `created` speak of. Newer names are taken too. */
export const PRODUCT_GROUPS = ['auth', 'account', 'card', 'portfolio', 'investment', 'liability', 'holders'] as const;
export const TRANSACTION_GROUPS = ['account', 'card', 'investment', 'liability'] as const;

/** A credential as the status endpoint shows it: it tells neither its id nor whose it is. */
export interface FlanksStatus {
  /** The bank's id, in spite of its key `name`. */
  readonly bank: string;
  /** Until the first load has ended, well or badly. */
  readonly pending: boolean;
  /** The stored login no longer works. */
  readonly blocked: boolean;
  /** Opens the page for a new login. */
  readonly resetToken: string | null;
  /** Present while the bank wants strong authentication; opens the page for it. */
  readonly scaToken: string | null;
  /** End of the last load. `undefined` = not said. */
  readonly lastUpdate: Date | null | undefined;
  readonly createdAt: Date | null | undefined;
  /** e.g. `product.account`, `transaction.card`. `undefined` = not said. */
  readonly failedGroups: readonly string[] | undefined;
}

/** What a token can be forced for. `transaction` exists too and is of no use here. */
export type FlanksForce = 'sca' | 'reset';

export interface FlanksListItem {
  readonly credentialsToken: string;
  readonly externalId: string | null;
}

export interface FlanksListPage {
  readonly items: readonly FlanksListItem[];
  /** Number of the last page. */
  readonly pages: number;
}

export interface FlanksLink {
  readonly token: string;
  readonly name: string | null;
  readonly redirectUri: string | null;
  readonly active: boolean;
}

export interface FlanksLinkCode {
  readonly code: string;
  readonly linkToken: string | null;
  /** Our `state`, if it was among the parameters of the page. */
  readonly state: string | null;
}

export interface FlanksExchange {
  readonly credentialsToken: string;
  readonly state: string | null;
}

/** A bank, from the list of entities or of connectors. */
export interface FlanksBank {
  readonly id: string;
  readonly name: string;
  /** Two or three letters. */
  readonly countries: readonly string[];
  readonly logoUrl: string | null;
}

export interface FlanksSession {
  readonly sessionId: string;
  /** Usually `Waiting:…`, `Processing:…`, `Finished:OK` or `Finished:Error`. */
  readonly status: string;
  readonly connectionId: string | null;
  readonly errorCode: string | null;
  readonly url: string | null;
}

export interface FlanksPage<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string | null;
}

export interface FlanksToken {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}
