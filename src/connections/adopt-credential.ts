import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { CredentialSnapshot } from '../credentials/credentials.service.js';
import type { Provider } from '../credentials/provider.js';
import { isUniqueViolation } from '../platform/database/database-errors.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import { credentialRefOf } from './credential-ref.js';
import { consentRenewableFrom } from './domain/clocks.js';
import type { Connection } from './domain/connection.js';
import { isMoving } from './domain/connection-state.js';
import { statusWord } from './domain/status-word.js';
import { nextWatchAt, retryAfterFailures } from './domain/watch-schedule.js';
import { LoginCheck } from './login-check.js';
import type { Origin } from './origin.js';
import { ConnectionCreationRepository, type Creation } from './persistence/connection-creation.repository.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';

export type Match =
  | { readonly kind: 'orphan'; readonly snapshot: CredentialSnapshot }
  | { readonly kind: 'connected'; readonly connectionId: string }
  | { readonly kind: 'none' };

/** The indexes that keep two connections from having one login or one credential. */
const ONE_CONNECTION = ['connections_credential_live', 'connections_fingerprint_live'];

/** Turns a creation and the provider's credential into a connection. */
@Injectable()
export class AdoptCredential {
  private readonly log = new Logger(AdoptCredential.name);

  constructor(
    private readonly creations: ConnectionCreationRepository,
    private readonly connections: ConnectionRepository,
    private readonly lifecycle: ConnectionLifecycle,
    private readonly providers: ProviderAccess,
    private readonly logins: LoginCheck,
    private readonly clock: Clock,
  ) {}

  /** @throws Failure `connection.conflict`, `user.not_found` when the user was deleted meanwhile */
  async run(creation: Creation, snapshot: CredentialSnapshot, origin: Origin): Promise<Connection> {
    return this.begin(creation, snapshot, origin, async (manager) => {
      // Another process may have recovered this creation meanwhile; then its connection stands.
      if (!(await this.creations.remove(manager, creation.id))) throw new Failure('connection.conflict');
    });
  }

  /**
   * Without a creation that was written down.
   * @throws Failure `connection.duplicate` when another was faster, `user.not_found` when the user was deleted meanwhile
   */
  async direct(creation: Creation, snapshot: CredentialSnapshot, origin: Origin): Promise<Connection> {
    try {
      return await this.begin(creation, snapshot, origin, async () => undefined);
    } catch (error) {
      if (!ONE_CONNECTION.some((index) => isUniqueViolation(error, index))) throw error;
      throw new Failure('connection.duplicate', { detail: 'This login is connected already.', cause: error });
    }
  }

  /** Looks for what a creation may have left at the provider. @throws Failure with the provider's code */
  async find(provider: Provider, creation: Creation): Promise<Match> {
    const answer = await provider.credentials.list(providerUserRef(creation.userId), this.providers.call());
    // Without the user, who may have been deleted meanwhile, there is no credential either.
    if (!answer.ok && answer.failure.code === 'provider_user.not_found') return { kind: 'none' };
    const listed = valueOf(answer);
    let connected: string | null = null;
    for (const snapshot of listed) {
      if (!this.fits(provider, creation, snapshot)) continue;
      const owner = await this.connections.findByCredential(provider.id, snapshot.credentialId);
      if (!owner) return { kind: 'orphan', snapshot };
      connected ??= owner.id;
    }
    return connected === null ? { kind: 'none' } : { kind: 'connected', connectionId: connected };
  }

  private async begin(
    creation: Creation,
    snapshot: CredentialSnapshot,
    origin: Origin,
    inSameTransaction: (manager: EntityManager) => Promise<void>,
  ): Promise<Connection> {
    const connection = this.firstRecord(creation, snapshot);
    try {
      await this.lifecycle.begin(connection, origin, inSameTransaction);
    } catch (error) {
      if (error instanceof Failure && error.code === 'user.not_found') await this.abandon(connection);
      throw error;
    }
    return connection;
  }

  /** Nobody is left who could ask for its deletion. */
  private async abandon(connection: Connection): Promise<void> {
    const { credentials } = this.providers.provider(connection.provider);
    const result = await credentials.delete(credentialRefOf(connection), this.providers.call());
    // A provider that keeps users has deleted it with the user.
    if (result.ok || result.failure.code === 'provider_user.not_found') return;
    const facts = { connectionId: connection.id, provider: connection.provider, code: result.failure.code };
    this.log.error(facts, 'the credential of a deleted user is left at the provider');
  }

  private firstRecord(creation: Creation, snapshot: CredentialSnapshot): Connection {
    const { renewBeforeExpiry } = this.providers.provider(creation.provider).credentials.capabilities;
    return firstRecord(creation, snapshot, this.clock.now(), renewBeforeExpiry);
  }

  private fits(provider: Provider, creation: Creation, snapshot: CredentialSnapshot): boolean {
    if (snapshot.institutionId !== creation.institutionId) return false;
    return this.logins.fingerprint(provider, snapshot.institutionId, snapshot.loginIdentity) === creation.fingerprint;
  }
}

function firstRecord(
  creation: Creation,
  { credentialId, observation }: CredentialSnapshot,
  now: Date,
  renewBeforeExpiry: boolean,
): Connection {
  const { actor: _actor, requestId: _request, recoverAt: _recover, createdAt: _begun, ...identity } = creation;
  const { state, cause, providerStatusAt } = observation;
  const providerStatus = statusWord(observation.providerStatus);
  const consentExpiresAt = observation.consentExpiresAt ?? null;
  const retryAt = state === 'retrying' ? (observation.retryAt ?? retryAfterFailures(1, now)) : null;
  const base = { state, cause, stateSince: now, providerStatus, providerStatusAt, retryAt };
  return {
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
    nextWatchAt: nextWatchAt(base, now),
    consecutiveFailures: state === 'retrying' ? 1 : 0,
    wrongLoginCount: 0,
    syncPausedAt: null,
    version: 1,
    fence: 0,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
}
