import type { Card } from '../machine/card.js';
import { accountsOf } from './bank-data.js';
import type { CardTotals } from './totals.types.js';

const DAY_MS = 86_400_000;

/** @param days back from the time of the data. */
export function totalsOf(card: Card, days: number): CardTotals {
  const { loginId, login, dataAsOf: asOf, createdAt } = card;
  if (asOf === null) return { loginId, asOf, count: 0, sums: {}, accounts: [] };
  const from = new Date(asOf - days * DAY_MS).toISOString().slice(0, 10);
  const cents = new Map<string, number>();
  const accounts = accountsOf({ session: { login, loginId, requestId: '' }, since: createdAt, asOf }).map((account) => {
    const { id, title, currency } = account;
    const within = account.transactions.filter(({ date }) => date >= from);
    const sum = within.reduce((total, { amount }) => total + amount, 0);
    cents.set(currency, (cents.get(currency) ?? 0) + sum);
    return { id, title, currency, count: within.length, sum: decimal(sum), balance: decimal(account.balance) };
  });
  const sums = Object.fromEntries([...cents].map(([currency, sum]) => [currency, decimal(sum)]));
  return { loginId, asOf, count: accounts.reduce((total, { count }) => total + count, 0), sums, accounts };
}

function decimal(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
