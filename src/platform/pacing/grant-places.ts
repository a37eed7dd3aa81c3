/** What another process, or the other half of this one, has. */
export interface PlacesHeld {
  readonly attended: boolean;
  readonly places: number;
  readonly wanted: number;
}

export interface PlacesWanted {
  /** Calls at the same time, over all processes. */
  readonly limit: number;
  /** Somebody waits for these calls. */
  readonly attended: boolean;
  /** Calls that run or wait. */
  readonly wanted: number;
  /** Calls that run: their places cannot be given up. */
  readonly running: number;
}

/** Of ten places, calls that nobody waits for leave two free. */
const UNATTENDED_SHARE = 0.8;

export function unattendedLimit(limit: number): number {
  return Math.max(1, Math.floor(limit * UNATTENDED_SHARE));
}

export interface PlacesGranted {
  /** So many are taken from the others. */
  readonly places: number;
  /** New calls begin only below this: less than `places` while calls that run must end for others to get theirs. */
  readonly allowed: number;
  /** Together they want more than there are: ask again soon. */
  readonly contended: boolean;
}

/**
 * Who gets how many places. Never more than are free; where all together want more than there are, each process gets
 * its equal share at most, plus what the others do not want.
 */
export function grantPlaces(
  { limit, attended, wanted, running }: PlacesWanted,
  others: readonly PlacesHeld[],
): PlacesGranted {
  const rivals = others.filter((other) => other.attended === attended && other.wanted > 0);
  const pool = attended ? limit : unattendedLimit(limit);
  const free = Math.min(
    limit - sum(others, ({ places }) => places),
    pool - sum(others, (other) => (other.attended === attended ? other.places : 0)),
  );
  const contended = wanted + sum(rivals, (rival) => rival.wanted) > pool;
  const share = Math.max(1, Math.floor(pool / (rivals.length + 1)));
  const spare = pool - sum(rivals, (rival) => rival.wanted);
  const target = contended ? Math.min(wanted, Math.max(share, spare)) : wanted;
  const allowed = Math.max(0, Math.min(target, free));
  return { places: Math.max(running, allowed), allowed, contended };
}

function sum(held: readonly PlacesHeld[], of: (one: PlacesHeld) => number): number {
  return held.reduce((total, one) => total + of(one), 0);
}
