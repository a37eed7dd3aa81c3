/** Epoch values above this are milliseconds: as seconds they would be in the year 5138. */
const SECONDS_END = 1e11;
const LATEST_MS = 8.64e15;

/** Flanks' times: epoch seconds, or milliseconds; the vendor does not say which. @returns `undefined` for anything else. */
export function parseFlanksTime(value: unknown): Date | undefined {
  if (typeof value !== 'number' || value < 0) return undefined;
  const ms = value < SECONDS_END ? value * 1000 : value;
  return ms <= LATEST_MS ? new Date(ms) : undefined;
}

const DAY = /^(\d{4}-\d{2}-\d{2})(?:[T ].*)?$/;

/**
 * The day at the bank. A time behind it is cut off and never converted: midnight in Madrid is the day before in UTC.
 * @returns `undefined` for what is no day of the calendar.
 */
export function bankDayIn(text: string): string | undefined {
  const day = DAY.exec(text)?.[1];
  if (day === undefined) return undefined;
  const time = new Date(`${day}T00:00:00Z`);
  return Number.isFinite(time.getTime()) && time.toISOString().startsWith(day) ? day : undefined;
}
