import type { BankAccount, BankTransaction } from './bank-data.js';

/** Sums are decimals in major units, e.g. `-12.50`. */
export interface Sum {
  readonly count: number;
  readonly sum: string;
}

export interface AccountTotals {
  readonly accountId: string;
  readonly credentialsId: string;
  readonly currency: string;
  readonly balance: string;
  readonly booked: Sum;
  readonly pending: Sum;
}

export interface Totals {
  readonly accounts: readonly AccountTotals[];
  /** By currency. */
  readonly booked: Readonly<Record<string, Sum>>;
  readonly pending: Readonly<Record<string, Sum>>;
}

/** What a client that lost and doubled nothing must have. */
export function totalsOf(accounts: readonly BankAccount[]): Totals {
  return {
    accounts: accounts.map((account) => ({
      accountId: account.id,
      credentialsId: account.credentialsId,
      currency: account.currency,
      balance: decimal(account.booked),
      booked: sumOf(account.transactions.filter(({ status }) => status === 'BOOKED')),
      pending: sumOf(account.transactions.filter(({ status }) => status === 'PENDING')),
    })),
    booked: byCurrency(accounts, 'BOOKED'),
    pending: byCurrency(accounts, 'PENDING'),
  };
}

function byCurrency(
  accounts: readonly BankAccount[],
  wanted: BankTransaction['status'],
): Readonly<Record<string, Sum>> {
  const transactions = accounts.flatMap((account) => account.transactions).filter(({ status }) => status === wanted);
  const currencies = new Set(transactions.map(({ currency }) => currency));
  return Object.fromEntries(
    [...currencies].map((word) => [word, sumOf(transactions.filter(({ currency }) => currency === word))]),
  );
}

function sumOf(transactions: readonly BankTransaction[]): Sum {
  return { count: transactions.length, sum: decimal(transactions.reduce((sum, { amount }) => sum + amount, 0)) };
}

/** @param minor hundredths; far from where whole numbers lose a digit. */
function decimal(minor: number): string {
  const digits = String(Math.abs(minor)).padStart(3, '0');
  return `${minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
