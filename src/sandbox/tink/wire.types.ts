/** The vendor's words, as they go over the wire. */

export type CredentialsType = 'PASSWORD' | 'MOBILE_BANKID' | 'KEYFOB' | 'THIRD_PARTY_APP';

const AWAITING_STATUSES = [
  'AWAITING_SUPPLEMENTAL_INFORMATION',
  'AWAITING_MOBILE_BANKID_AUTHENTICATION',
  'AWAITING_THIRD_PARTY_APP_AUTHENTICATION',
] as const;
export type AwaitingStatus = (typeof AWAITING_STATUSES)[number];

export const STATUSES = [
  'CREATED',
  'AUTHENTICATING',
  ...AWAITING_STATUSES,
  'UPDATING',
  'UPDATED',
  'TEMPORARY_ERROR',
  'AUTHENTICATION_ERROR',
  'PERMANENT_ERROR',
  'SESSION_EXPIRED',
  'DELETED',
] as const;
export type CredentialsStatus = (typeof STATUSES)[number];

export interface DetailedError {
  readonly type: string;
  readonly displayMessage: string;
  readonly details: { readonly reason: string | null; readonly retryable: boolean };
}

/** Used by `provider.fields` and, as JSON text, by supplemental information. */
export interface Field {
  readonly name: string;
  readonly description: string;
  readonly value?: string;
  readonly defaultValue?: string;
  readonly helpText?: string;
  readonly hint?: string;
  readonly immutable: boolean;
  readonly masked: boolean;
  readonly numeric: boolean;
  readonly optional: boolean;
  readonly sensitive: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly patternError?: string;
  readonly selectOptions?: readonly {
    readonly iconUrl: string | null;
    readonly text: string;
    readonly value: string;
  }[];
}

export interface CredentialsView {
  readonly id: string;
  readonly userId: string;
  readonly providerName: string;
  readonly type: CredentialsType;
  readonly status: CredentialsStatus;
  /** Epoch milliseconds, like every date here. */
  readonly statusUpdated: number;
  readonly statusPayload: string | null;
  readonly updated: number | null;
  readonly fields: Readonly<Record<string, string>>;
  readonly supplementalInformation: string | null;
  readonly sessionExpiryDate: number | null;
}
