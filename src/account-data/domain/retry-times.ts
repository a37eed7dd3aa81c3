const FIRST_MS = 30_000;
const LONGEST_MS = 6 * 3_600_000;

/** When to read again after `failures` in a row; never before the provider's own time. */
export function retryAfter(failures: number, now: Date, providerSays?: Date): Date {
  const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  const ours = now.getTime() + wait;
  return new Date(Math.max(ours, providerSays?.getTime() ?? 0));
}
