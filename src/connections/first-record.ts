import { Injectable } from '@nestjs/common';

import type { CredentialSnapshot } from '../credentials/credentials.service.js';
import { Clock } from '../platform/time/clock.js';
import { consentRenewableFrom } from './domain/clocks.js';
import type { Connection } from './domain/connection.js';
import { isMoving } from './domain/connection-state.js';
import { planned } from './domain/decide.js';
import { statusWord } from './domain/status-word.js';
import { plannedSync } from './domain/sync-schedule.js';
import { retryAfterFailures } from './domain/watch-schedule.js';
import type { Creation } from './persistence/connection-creation.repository.js';
import { ProviderTraitsReader, type ProviderTraits } from './provider-traits.js';

/** A connection as it is first written. */
@Injectable()
export class FirstRecord {
  constructor(
    private readonly traits: ProviderTraitsReader,
    private readonly clock: Clock,
  ) {}

  of(creation: Creation, snapshot: CredentialSnapshot): Connection {
    return firstRecord(creation, snapshot, this.clock.now(), this.traits.of(creation.provider));
  }
}

function firstRecord(
  creation: Creation,
  { credentialId, observation }: CredentialSnapshot,
  now: Date,
  { renewBeforeExpiry, rhythm }: ProviderTraits,
): Connection {
  const { actor: _actor, requestId: _request, recoverAt: _recover, createdAt: _begun, ...identity } = creation;
  const { state, cause, providerStatusAt } = observation;
  const providerStatus = statusWord(observation.providerStatus);
  const consentExpiresAt = observation.consentExpiresAt ?? null;
  const retryAt = state === 'retrying' ? (observation.retryAt ?? retryAfterFailures(1, now)) : null;
  const base = { state, cause, stateSince: now, providerStatus, providerStatusAt, retryAt };
  const first: Connection = {
    ...identity,
    ...base,
    credentialId: observation.credentialId ?? credentialId,
    sessionRef: isMoving(state) ? (observation.sessionRef ?? null) : null,
    challenge: state === 'awaiting_user' ? (observation.challenge ?? null) : null,
    consentExpiresAt,
    consentRenewableFrom: renewBeforeExpiry ? consentRenewableFrom(consentExpiresAt) : null,
    dataAsOf: observation.dataAsOf ?? null,
    degradedGroups: observation.degradedGroups ?? [],
    lastAttemptAt: now,
    lastSuccessAt: state === 'active' ? now : null,
    nextSyncAt: null,
    nextWatchAt: null,
    consecutiveFailures: state === 'retrying' ? 1 : 0,
    wrongLoginCount: 0,
    syncPausedAt: null,
    version: 1,
    fence: 0,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
  return planned({ ...first, nextSyncAt: plannedSync(first, first, rhythm, now) }, { rhythm, now });
}
