/** Epoch values above this are milliseconds: as seconds they would be in the year 5138. */
const SECONDS_END = 1e11;
const LATEST_MS = 8.64e15;

/** Flanks' times: epoch seconds, or milliseconds; the vendor does not say which. @returns `undefined` for anything else. */
export function parseFlanksTime(value: unknown): Date | undefined {
  if (typeof value !== 'number' || value < 0) return undefined;
  const ms = value < SECONDS_END ? value * 1000 : value;
  return ms <= LATEST_MS ? new Date(ms) : undefined;
}
