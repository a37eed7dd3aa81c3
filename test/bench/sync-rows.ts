import { v7 } from 'uuid';

import type { Connection } from '../../src/connections/domain/connection.js';
import type { ProviderId } from '../../src/credentials/provider-id.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { credentialIdText } from '../../src/providers/flinks/flinks-credential-id.js';
import { FLINKS_INSTITUTION, PROVIDERS, vendorId, type BenchPerson, type BenchProvider } from './sync-states.js';

const DAY_MS = 86_400_000;

const INSTITUTIONS: Readonly<Record<BenchProvider, string>> = {
  tink: 'se-demobank-password',
  flanks: 'testbank',
  flinks: FLINKS_INSTITUTION,
};

/** Users and a settled connection of each at every provider, not yet due. */
export function rowsOf(people: readonly BenchPerson[], now: Date) {
  const users = people.map(({ number, userId }) => ({
    ...{ id: userId, externalUserId: `bench-${String(number)}`, market: 'SE', locale: null, createdAt: now },
    ...{ deletionRequestedAt: null, deletionDueAt: null, deletedAt: null },
  }));
  const providerUsers = people.map(({ userId }) => ({ userId, provider: 'tink', confirmed: true, createdAt: now }));
  const connections = people.flatMap((person) => PROVIDERS.map((provider) => connectionOf(provider, person, now)));
  return { users, providerUsers, connections };
}

function connectionOf(provider: BenchProvider, { number, userId }: BenchPerson, now: Date): Connection {
  return {
    ...{ id: v7(), userId, externalUserId: `bench-${String(number)}`, provider: provider as ProviderId },
    ...{ institutionId: INSTITUTIONS[provider], institutionName: 'Demo Bank', reference: null },
    credentialId: credentialOf(provider, number),
    ...{ sessionRef: null, fingerprint: null, challenge: null, version: 1, fence: 0 },
    ...{ state: 'active', cause: 'none', stateSince: now, providerStatus: 'NEW', providerStatusAt: null },
    ...{ consentExpiresAt: null, consentRenewableFrom: null, degradedGroups: [] },
    // Older than what the provider has, and too new to ask the bank.
    dataAsOf: new Date(now.getTime() - DAY_MS / 2),
    ...{ lastAttemptAt: null, lastSuccessAt: null, retryAt: null, consecutiveFailures: 0, wrongLoginCount: 0 },
    ...{ nextSyncAt: new Date(now.getTime() + DAY_MS), nextWatchAt: null, syncPausedAt: null },
    ...{ createdAt: now, updatedAt: now, deletedAt: null },
  };
}

function credentialOf(provider: BenchProvider, number: number): Opened {
  const id = vendorId(provider, number);
  if (provider !== 'flinks') return new Opened(id);
  return credentialIdText({ kind: 'login', loginId: id, institution: FLINKS_INSTITUTION });
}
