import type { Connection } from '../connections/domain/connection.js';

/** A provider that could not be asked is asked again after this, spread over as much again. */
const UNREACHABLE_AGAIN_MS = 5 * 60_000;

/** What a sync came to, and when the next one is, where the connection itself does not say. */
export interface SyncEnd {
  readonly outcome: string;
  readonly again?: Date | undefined;
}

/** @returns five to ten minutes from now; each connection has its own place in between. */
export function later({ id }: Pick<Connection, 'id'>, now: Date): Date {
  const place = Number.parseInt(id.slice(-8), 16) / 2 ** 32;
  return new Date(now.getTime() + Math.floor(UNREACHABLE_AGAIN_MS * (1 + place)));
}
