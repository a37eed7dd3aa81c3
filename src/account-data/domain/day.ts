import type { BankDay } from '../../credentials/account-data.js';

const DAY_MS = 86_400_000;
const PATTERN = /^\d{4}-\d{2}-\d{2}$/;

export function isDay(text: string): boolean {
  if (!PATTERN.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00.000Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** @param days negative for before. */
export function addDays(day: BankDay, days: number): BankDay {
  return dayOf(new Date(Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MS));
}

export function daysBetween(one: BankDay, other: BankDay): number {
  return Math.abs(Date.parse(`${one}T00:00:00.000Z`) - Date.parse(`${other}T00:00:00.000Z`)) / DAY_MS;
}

/** In UTC. */
export function dayOf(time: Date): BankDay {
  return time.toISOString().slice(0, 10);
}

const LAST_MS = Date.parse('9999-12-31T00:00:00.000Z');

/** @param text a day, or a time: its day in UTC, in the year 9999 at the latest. */
export function dayIn(text: string): BankDay {
  return dayOf(new Date(Math.min(Date.parse(text), LAST_MS)));
}

export function earliest(days: readonly (BankDay | null)[]): BankDay | null {
  return days.reduce((first, day) => (day !== null && (first === null || day < first) ? day : first), null);
}

export function latest(days: readonly (BankDay | null)[]): BankDay | null {
  return days.reduce((last, day) => (day !== null && (last === null || day > last) ? day : last), null);
}
