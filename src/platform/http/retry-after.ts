import type { OutgoingAnswer } from './outgoing-outcome.js';

const MAX_SECONDS = 24 * 60 * 60;

/**
 * Reads a `Retry-After` header: seconds or an HTTP date.
 * @returns a time not before `now` and at most a day ahead; `undefined` when the header is missing or nonsense.
 */
export function parseRetryAfter(header: string | undefined, now: Date): Date | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (dateMs(text) - now.getTime()) / 1000;
  if (!Number.isFinite(seconds)) return undefined;
  return new Date(now.getTime() + Math.min(Math.max(seconds, 0), MAX_SECONDS) * 1000);
}

/** When a server asked to be called again, if it did. */
export function askedRetryAt({ headers }: Pick<OutgoingAnswer, 'headers'>, now: Date): Date | undefined {
  return parseRetryAfter(headers.get('retry-after'), now);
}

/** Only texts with a month's name: `Date.parse` alone reads numbers such as `-5` as years. */
function dateMs(text: string): number {
  return /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
}
