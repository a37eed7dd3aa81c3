import type { LinkPurpose } from './link-purpose.js';

/** What a provider can do, as data. The REST API publishes it as it is. */
export interface Capabilities {
  /** `direct`: with a login through our API. `link`: on a page that the provider hosts. */
  readonly connect: readonly ('direct' | 'link')[];
  /** The purposes that a hosted visit of the provider (`LinkFlow`) serves. */
  readonly link: readonly LinkPurpose[];
  /** The provider tells which credentials it holds. */
  readonly list: boolean;
  /** `on_demand`: whenever we ask. `user_present`: only with the user there. `by_provider`: it does so by itself. */
  readonly refresh: 'on_demand' | 'user_present' | 'by_provider';
  /** Strong authentication can be renewed through `CredentialsService.authenticate`. */
  readonly authenticate: boolean;
  readonly supplementalInformation: boolean;
  readonly qr: boolean;
  /** A stored login can be replaced in place (`LoginRefresher`). */
  readonly replaceLogin: boolean;
  /** A consent can be renewed while the connection is still active. */
  readonly renewBeforeExpiry: boolean;
  readonly webhooks: boolean;
  /** The provider keeps users of its own (`ProviderUsers`). */
  readonly users: boolean;
  readonly data: readonly ('accounts' | 'transactions' | 'holdings' | 'statements')[];
  readonly limits: Limits;
}

export interface Limits {
  /** Unattended refreshes of one credential in a rolling day. */
  readonly unattendedRefreshesPerDay: number;
  /** Longest time a credential may keep moving before its state is read as final, in milliseconds. */
  readonly settleWithinMs: number;
}
