export const FIRST_PAUSE_MS = 30_000;
export const LONGEST_PAUSE_MS = 3_600_000;

/**
 * When a deletion that could not be done is tried again: as late as it has lasted already, so the pauses double, from
 * 30 seconds to an hour. A time that the provider names counts when it is later; at first also when it is earlier.
 */
export function deletionTriedAt(begun: Date, now: Date, retryAt?: Date): Date {
  const lasted = Math.max(0, Math.min(LONGEST_PAUSE_MS, now.getTime() - begun.getTime()));
  if (retryAt && retryAt > now) return new Date(Math.max(retryAt.getTime(), now.getTime() + lasted));
  return new Date(now.getTime() + Math.max(FIRST_PAUSE_MS, lasted));
}
