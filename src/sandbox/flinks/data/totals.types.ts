export interface AccountTotals {
  readonly id: string;
  readonly title: string;
  readonly currency: string;
  readonly count: number;
  /** Decimals with two places, negative = money out. */
  readonly sum: string;
  readonly balance: string;
}

/** What a complete reading of a card has. */
export interface CardTotals {
  readonly loginId: string;
  /** Epoch milliseconds of the data; `null` = none. */
  readonly asOf: number | null;
  readonly count: number;
  /** By currency. */
  readonly sums: Readonly<Record<string, string>>;
  readonly accounts: readonly AccountTotals[];
}
