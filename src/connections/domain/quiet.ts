import type { Connection } from './connection.js';

/** What a reading may bring up to date without anything having happened. */
export type QuietFacts = Pick<Connection, 'providerStatusAt' | 'lastSuccessAt' | 'nextSyncAt' | 'nextWatchAt'>;

const NEWS = [
  'state',
  'cause',
  'stateSince',
  'providerStatus',
  'consentExpiresAt',
  'consentRenewableFrom',
  'dataAsOf',
  'retryAt',
  'consecutiveFailures',
  'wrongLoginCount',
  'credentialId',
  'sessionRef',
  'challenge',
  'fingerprint',
  'deletedAt',
] as const satisfies readonly (keyof Connection)[];

/** Did a reading find a connection exactly as it is known? Most do, and cost one statement then. */
export function isQuiet(before: Connection, after: Connection): boolean {
  return (
    NEWS.every((fact) => same(before[fact], after[fact])) &&
    before.degradedGroups.length === after.degradedGroups.length &&
    before.degradedGroups.every((group, index) => group === after.degradedGroups[index])
  );
}

function same(one: unknown, other: unknown): boolean {
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  return one === other;
}
