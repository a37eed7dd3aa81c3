const LATEST_MS = 8.64e15;

/** Tink's times: epoch milliseconds. @returns `undefined` for anything else. */
export function parseTinkTime(value: unknown): Date | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= LATEST_MS
    ? new Date(value)
    : undefined;
}
