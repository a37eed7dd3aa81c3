/** Tink's words. They stay in this folder. */

export const TINK_STATUSES = [
  'CREATED',
  'AUTHENTICATING',
  'AWAITING_SUPPLEMENTAL_INFORMATION',
  'AWAITING_MOBILE_BANKID_AUTHENTICATION',
  'AWAITING_THIRD_PARTY_APP_AUTHENTICATION',
  'UPDATING',
  'UPDATED',
  'TEMPORARY_ERROR',
  'AUTHENTICATION_ERROR',
  'PERMANENT_ERROR',
  'SESSION_EXPIRED',
  'DELETED',
] as const;
export type TinkStatus = (typeof TINK_STATUSES)[number];

/** `undefined` for a word that the documentation does not have. */
export function knownStatus(word: string): TinkStatus | undefined {
  return TINK_STATUSES.find((status) => status === word);
}

/** Statuses under which provider-consents may say more. */
export const ERROR_STATUSES: ReadonlySet<string> = new Set([
  'AUTHENTICATION_ERROR',
  'TEMPORARY_ERROR',
  'PERMANENT_ERROR',
]);

/** What a refresh may be limited to. The last two are deprecated and still taken. */
export const REFRESHABLE_ITEMS: ReadonlySet<string> = new Set([
  'CHECKING_ACCOUNTS',
  'CHECKING_TRANSACTIONS',
  'SAVING_ACCOUNTS',
  'SAVING_TRANSACTIONS',
  'CREDITCARD_ACCOUNTS',
  'CREDITCARD_TRANSACTIONS',
  'LOAN_ACCOUNTS',
  'LOAN_TRANSACTIONS',
  'INVESTMENT_ACCOUNTS',
  'INVESTMENT_TRANSACTIONS',
  'IDENTITY_DATA',
  'TRANSFER_DESTINATIONS',
  'EINVOICES',
  'LIST_BENEFICIARIES',
]);

export interface TinkCredentials {
  readonly id: string;
  readonly providerName: string;
  /** Usually a `TinkStatus`. */
  readonly status: string;
  readonly statusUpdated: Date;
  /** Last time that UPDATED was reached. */
  readonly updated: Date | null | undefined;
  /** The inputs that are no secret, e.g. `username`. */
  readonly fields: ReadonlyMap<string, string>;
  readonly supplementalInformation: string | null;
  readonly sessionExpiryDate: Date | null | undefined;
}

export interface TinkDetailedError {
  readonly type: string;
  readonly reason: string | null;
}

export interface TinkProviderConsent {
  readonly credentialsId: string;
  readonly status: string;
  readonly detailedError: TinkDetailedError | null;
}

export interface TinkField {
  readonly name: string;
  readonly description: string | null;
  readonly value: string | null;
  readonly helpText: string | null;
  readonly hint: string | null;
  readonly immutable: boolean;
  readonly masked: boolean;
  readonly numeric: boolean;
  readonly optional: boolean;
  readonly checkbox: boolean;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly pattern: string | null;
  readonly patternError: string | null;
  readonly selectOptions: readonly TinkSelectOption[];
  /** JSON text; describes the account of an opt-in checkbox. */
  readonly additionalInfo: string | null;
}

export interface TinkSelectOption {
  readonly text: string;
  readonly value: string;
  readonly iconUrl: string | null;
}

/** A bank, in Tink's words a provider. */
export interface TinkBank {
  readonly name: string;
  readonly displayName: string;
  readonly market: string;
  readonly status: string;
  readonly fields: readonly TinkField[];
  readonly icon: string | null;
}

export interface TinkTokenAnswer {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly scope: string | null;
}
