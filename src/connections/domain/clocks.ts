import type { Connection } from './connection.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A consent may be renewed this long before it ends. */
export const RENEWAL_WINDOW_MS = 7 * DAY;
/** Data older than this is stale, whatever the state says. */
export const FRESHNESS_MS = 36 * HOUR;

export type ConsentStatus = 'none' | 'valid' | 'expiring' | 'expired';
export type DataStatus = 'never' | 'fresh' | 'stale';

export function consentRenewableFrom(expiresAt: Date | null): Date | null {
  return expiresAt === null ? null : new Date(expiresAt.getTime() - RENEWAL_WINDOW_MS);
}

/** `expiring` begins at the renewal window, also where the provider only lets a consent be renewed after its end. */
export function consentStatus(connection: Pick<Connection, 'consentExpiresAt'>, now: Date): ConsentStatus {
  const { consentExpiresAt: expires } = connection;
  if (expires === null) return 'none';
  if (expires <= now) return 'expired';
  return expires.getTime() - now.getTime() <= RENEWAL_WINDOW_MS ? 'expiring' : 'valid';
}

export function dataStatus(connection: Pick<Connection, 'dataAsOf'>, now: Date): DataStatus {
  if (connection.dataAsOf === null) return 'never';
  return now.getTime() - connection.dataAsOf.getTime() > FRESHNESS_MS ? 'stale' : 'fresh';
}
