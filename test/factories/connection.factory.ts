import type { Connection } from '../../src/connections/domain/connection.js';
import { providerId } from '../../src/credentials/provider-id.js';
import { Opened } from '../../src/platform/crypto/opened.js';

/** The time at which tests of the domain play. */
export const NOON = new Date('2026-11-20T12:00:00.000Z');

/** @param ms from `NOON`, negative for before. */
export function at(ms: number): Date {
  return new Date(NOON.getTime() + ms);
}

export const CREDENTIAL_ID = 'vendor-credential-7f3a';

/** A healthy connection, one hour in its state. */
export function connection(changes: Partial<Connection> = {}): Connection {
  return {
    id: '0199aaaa-0000-7000-8000-000000000001',
    userId: '0199aaaa-0000-7000-8000-000000000002',
    externalUserId: 'cust-42',
    provider: providerId('tink'),
    institutionId: 'se-demobank-password',
    institutionName: 'Demo Bank',
    reference: null,
    credentialId: new Opened(CREDENTIAL_ID),
    sessionRef: null,
    fingerprint: 'fingerprint-of-the-login',
    state: 'active',
    cause: 'none',
    stateSince: at(-3_600_000),
    providerStatus: 'UPDATED',
    providerStatusAt: at(-3_600_000),
    challenge: null,
    consentExpiresAt: null,
    consentRenewableFrom: null,
    dataAsOf: at(-3_600_000),
    degradedGroups: [],
    lastAttemptAt: at(-3_600_000),
    lastSuccessAt: at(-3_600_000),
    nextSyncAt: null,
    nextWatchAt: null,
    retryAt: null,
    consecutiveFailures: 0,
    wrongLoginCount: 0,
    syncPausedAt: null,
    version: 1,
    fence: 0,
    createdAt: at(-7_200_000),
    updatedAt: at(-3_600_000),
    deletedAt: null,
    ...changes,
  };
}
