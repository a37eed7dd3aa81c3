/** Flanks' products and transactions, as far as they are used. Amounts are decimals as text. */

interface FlanksProduct {
  readonly id: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly balance: string | null;
  readonly owners: readonly string[];
  readonly updatedAt: Date | null;
}

export interface FlanksAccount extends FlanksProduct {
  readonly name: string | null;
  readonly iban: string | null;
  /** Usually `cashAccount`, `safekeepingAccount`, `nostroAccount`, `vostroAccount` or `other`; older payloads have none. */
  readonly type: string | null;
}

export interface FlanksCard extends FlanksProduct {
  readonly name: string | null;
  /** Masked except for the last four digits. */
  readonly pan: string | null;
  readonly available: string | null;
  readonly limit: string | null;
}

export interface FlanksLiability extends FlanksProduct {
  readonly name: string | null;
  /** Usually `Credit`, `Loan` or `Confirming`. */
  readonly type: string | null;
  readonly available: string | null;
  readonly limit: string | null;
}

export interface FlanksPortfolio extends FlanksProduct {
  readonly name: string | null;
  /** e.g. `M` managed, `UM` unmanaged, `PP` pension plan. */
  readonly type: string | null;
  /** Number of the custody account. */
  readonly custody: string | null;
}

export interface FlanksInvestment extends FlanksProduct {
  readonly name: string;
  readonly isin: string | null;
  /** `null` = it stands alone, as pension plans do. */
  readonly portfolioId: string | null;
  readonly type: string | null;
  readonly units: string | null;
}

export interface FlanksHolder {
  readonly productId: string;
  readonly name: string;
  /** e.g. `Titular`, `Autorizado`. */
  readonly relation: string | null;
}

export interface FlanksTransaction {
  readonly id: string | null;
  readonly productId: string;
  /** Negative = money left. */
  readonly amount: string;
  readonly currency: string;
  readonly balance: string | null;
  /** Days at the bank, `YYYY-MM-DD`. */
  readonly operationDay: string;
  readonly valueDay: string | null;
  readonly description: string;
  readonly beneficiary: string | null;
  readonly payer: string | null;
}

/** Products whose money moves, in Flanks' words for the groups of `errored`. */
export const MOVING_GROUPS = ['account', 'card', 'liability'] as const;
export type MovingGroup = (typeof MOVING_GROUPS)[number];

/** What one group of data has come to. */
export type FlanksGroup<T> =
  /** `unreadable` items made no sense and were left out. */
  | { readonly kind: 'items'; readonly items: readonly T[]; readonly unreadable: number }
  /** Its last load failed. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'loading' };
