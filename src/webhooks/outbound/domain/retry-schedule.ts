const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const WAITS_MS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR] as const;
const LATER_WAITS_MS = 12 * HOUR;
/** A receiver that is back after this time has lost nothing. */
export const GIVE_UP_AFTER_MS = 72 * HOUR;
/** The last attempt is made in this time after the end. */
const LAST_CALL_MS = 15 * MINUTE;
/** Share of a wait by which it varies. */
const JITTER = 0.2;

export interface FailedTry {
  /** 1 = the first one failed. */
  readonly tries: number;
  readonly firstTriedAt: Date;
  /** The time for which the receiver asked. */
  readonly askedAt: Date | undefined;
}

/** @param random 0 to below 1. @returns when to try again; `null` = give up: the last attempt was after the end. */
export function nextTry({ tries, firstTriedAt, askedAt }: FailedTry, now: Date, random: number): Date | null {
  const end = firstTriedAt.getTime() + GIVE_UP_AFTER_MS;
  if (now.getTime() >= end) return null;
  const wait = (WAITS_MS[tries - 1] ?? LATER_WAITS_MS) * (1 - JITTER + 2 * JITTER * random);
  const wanted = Math.max(now.getTime() + wait, askedAt?.getTime() ?? 0);
  return new Date(Math.min(wanted, end + LAST_CALL_MS * random));
}
