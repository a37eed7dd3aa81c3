import type { CallContext } from './call-context.js';
import type { CredentialRef } from './credential-ref.js';
import type { ProviderFailure } from './failure.js';
import type { Result } from './result.js';
import type { SecretValue } from './secret-value.js';

/** An exact amount. `amount` is a decimal number as text, e.g. `-12.50`: no exponent, no grouping, no plus sign. */
export interface Money {
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** A calendar day at the bank, `YYYY-MM-DD`. */
export type BankDay = string;

export const ACCOUNT_KINDS = [
  'checking',
  'savings',
  'credit_card',
  'loan',
  'mortgage',
  'investment',
  'pension',
  'other',
] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

export const BALANCE_KINDS = ['booked', 'available', 'credit_limit', 'market_value', 'outstanding'] as const;
export type BalanceKind = (typeof BALANCE_KINDS)[number];

export interface ProviderBalance {
  readonly kind: BalanceKind;
  readonly money: Money;
}

export interface ProviderAccount {
  /** The vendor's id; unique within the credential. */
  readonly vendorId: SecretValue;
  readonly kind: AccountKind;
  readonly name: string | null;
  readonly holderName: string | null;
  /** ISO 4217. */
  readonly currency: string;
  /** Without spaces. */
  readonly iban: SecretValue | null;
  /** The bank's own number, as the vendor gives it; may be masked. */
  readonly number: SecretValue | null;
  readonly balances: readonly ProviderBalance[];
  /** The vendor's time of the balances. `null` = it gives none. */
  readonly asOf: Date | null;
}

export interface ProviderTransaction {
  readonly accountVendorId: SecretValue;
  /** `null` = the vendor gives none, or one that changes from reading to reading. */
  readonly vendorId: SecretValue | null;
  /** The vendor's id of the pending transaction that this booked one replaces, where it says so. */
  readonly replacesVendorId?: SecretValue;
  readonly status: 'booked' | 'pending';
  /** Negative = money left the account. */
  readonly money: Money;
  /** The day it was booked, or for a pending one the day it was made. */
  readonly day: BankDay;
  readonly valueDay: BankDay | null;
  /** As the bank prints it. */
  readonly description: string;
  readonly counterparty: string | null;
  /** Balance after it, where the vendor gives one. */
  readonly balanceAfter: string | null;
}

export interface ProviderHolding {
  readonly accountVendorId: SecretValue;
  readonly vendorId: SecretValue | null;
  readonly name: string;
  readonly isin: string | null;
  /** Decimal as in `Money.amount`. */
  readonly quantity: string | null;
  readonly price: Money | null;
  readonly marketValue: Money | null;
  readonly costBasis: Money | null;
  readonly asOf: Date | null;
}

/**
 * A part of a reading. The first page has every account and every holding; transactions may be on any page.
 * Within one reading nothing appears twice.
 */
export interface DataPage {
  readonly kind: 'page';
  readonly accounts: readonly ProviderAccount[];
  readonly transactions: readonly ProviderTransaction[];
  readonly holdings: readonly ProviderHolding[];
  /**
   * Groups that the vendor could not give this time, and lists of accounts or holdings of which one cannot be read: what
   * is missing in them says nothing.
   */
  readonly missing: readonly ('accounts' | 'transactions' | 'holdings')[];
  /** Transactions that cannot be read and are left out. Alone they make no group `missing`: no reading waits for them. */
  readonly unreadable: number;
  /** Vendor's time of this data. `null` = it gives none. */
  readonly dataAsOf: Date | null;
  /** For the next call; `null` = this was the last page. */
  readonly next: SecretValue | null;
}

/** The provider is still collecting. `cursor` goes into the next call, which may not come before `retryAt`. */
export interface DataNotReady {
  readonly kind: 'not_ready';
  readonly retryAt: Date;
  readonly cursor: SecretValue;
}

export interface DataRequest {
  /** Transactions of this day and later; `null` = all that the vendor has. Earlier ones may come too. */
  readonly since: BankDay | null;
  /** From the page before, or from `not_ready`; `null` = the first call of a reading. */
  readonly cursor: SecretValue | null;
}

export interface StatementSummary {
  /** The vendor's id, stable from call to call. */
  readonly vendorId: SecretValue;
  readonly accountVendorId: SecretValue;
  /** For people, e.g. a file name or a month. */
  readonly name: string;
  readonly day: BankDay | null;
}

export interface StatementDocument {
  readonly pdf: Uint8Array;
}

/**
 * What the bank knows of a credential's accounts, as the provider last fetched it. Reading is no attempt at the bank.
 * Failures: `credential.not_found`, `capability_unsupported`, and those of every provider.
 */
export abstract class AccountData {
  abstract read(
    ref: CredentialRef,
    request: DataRequest,
    call: CallContext,
  ): Promise<Result<DataPage | DataNotReady, ProviderFailure>>;
}

/** Account statements (PDF), for providers that have them. */
export abstract class AccountStatements {
  /** `not_ready`: ask again with the cursor. */
  abstract list(
    ref: CredentialRef,
    cursor: SecretValue | null,
    call: CallContext,
  ): Promise<
    Result<{ readonly kind: 'list'; readonly statements: readonly StatementSummary[] } | DataNotReady, ProviderFailure>
  >;

  /** Failures: `statement.not_found`. */
  abstract document(
    ref: CredentialRef,
    statement: SecretValue,
    cursor: SecretValue | null,
    call: CallContext,
  ): Promise<
    Result<{ readonly kind: 'document'; readonly document: StatementDocument } | DataNotReady, ProviderFailure>
  >;
}
