import type { Money } from '../../credentials/account-data.js';

/** Tink's words for data. They stay in this folder. */

export interface TinkAccount {
  readonly id: string;
  readonly name: string | null;
  readonly type: string;
  readonly booked: Money | null;
  readonly available: Money | null;
  readonly creditLimit: Money | null;
  readonly iban: string | null;
  readonly number: string | null;
  readonly lastRefreshed: Date | null;
}

export interface TinkTransaction {
  readonly id: string;
  readonly accountId: string;
  readonly status: string;
  readonly amount: Money;
  readonly bookedDay: string | null;
  readonly madeDay: string | null;
  readonly valueDay: string | null;
  readonly description: string;
  readonly payer: string | null;
  readonly payee: string | null;
}

/** Which accounts a credential covers, and whether Tink is still fetching. */
export interface TinkCoverage {
  readonly credentialsId: string;
  readonly status: string;
  /** `null` = this answer does not say. */
  readonly accountIds: readonly string[] | null;
}
