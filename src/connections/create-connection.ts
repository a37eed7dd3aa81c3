import { Injectable, Logger } from '@nestjs/common';

import type { CredentialSnapshot } from '../credentials/credentials.service.js';
import type { ProviderFailure } from '../credentials/failure.js';
import type { Provider } from '../credentials/provider.js';
import { Failure } from '../platform/errors/failure.js';
import { EnsureProviderUser } from '../users/ensure-provider-user.js';
import { AdoptCredential } from './adopt-credential.js';
import { CreationMoment, type NewConnection } from './creation-moment.js';
import type { Connection } from './domain/connection.js';
import type { CheckedLogin } from './checked-login.js';
import { LoginCheck } from './login-check.js';
import type { Origin } from './origin.js';
import { ConnectionCreationRepository, type Creation } from './persistence/connection-creation.repository.js';
import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import { asFailure } from '../providers/registry/provider-failures.js';

/**
 * Direct creation with a login. The intent is written before the provider is called, so that a crash leaves either
 * nothing or something that `RecoverCreations` finishes.
 */
@Injectable()
export class CreateConnection {
  private readonly log = new Logger(CreateConnection.name);

  constructor(
    private readonly users: EnsureProviderUser,
    private readonly providers: ProviderAccess,
    private readonly logins: LoginCheck,
    private readonly creations: ConnectionCreationRepository,
    private readonly adopt: AdoptCredential,
    private readonly moment: CreationMoment,
  ) {}

  /** @throws Failure `connection.duplicate`, `connection.create_in_progress`, `capability_unsupported`, and those of `LoginCheck` */
  async run(request: NewConnection, origin: Origin): Promise<Connection> {
    const provider = this.providers.provider(request.provider);
    const { capabilities } = provider.credentials;
    if (!capabilities.connect.includes('direct')) {
      throw new Failure('capability_unsupported', {
        detail: `${provider.name} takes no logins. The user connects on its page: create a link session.`,
        members: { instead: '/v1/link-sessions' },
      });
    }
    const user = await this.users.known(request.userId);
    const login = await this.logins.run(provider, request.institutionId, request.answers, user.id);
    await this.users.run(user, provider);
    const creation = this.moment.creation(request, user.externalUserId, provider, login, origin);
    await this.reserve(creation, origin);
    return this.createAtProvider(provider, creation, login, request.returnUrl, origin);
  }

  private async reserve(creation: Creation, origin: Origin): Promise<void> {
    const reservation = await this.creations.reserve(creation);
    if (reservation.kind === 'duplicate') throw await this.adopt.duplicate(reservation.connectionId, origin);
    if (reservation.kind === 'in_progress') {
      throw new Failure('connection.create_in_progress', {
        detail: 'The same login is being connected right now.',
        retryAt: reservation.until,
      });
    }
  }

  private async createAtProvider(
    provider: Provider,
    creation: Creation,
    login: CheckedLogin,
    returnUrl: string | undefined,
    origin: Origin,
  ): Promise<Connection> {
    const result = await provider.credentials.create(
      {
        user: providerUserRef(creation.userId),
        institutionId: creation.institutionId,
        fields: login.fields,
        ...(returnUrl === undefined ? {} : { returnUrl }),
        ...(creation.reference === null ? {} : { reference: creation.reference }),
      },
      await this.providers.callFor(creation.userId),
    );
    return result.ok
      ? this.adopt.run(creation, result.value, origin)
      : this.afterFailure(provider, creation, login, result.failure, origin);
  }

  private async afterFailure(
    provider: Provider,
    creation: Creation,
    login: CheckedLogin,
    failure: ProviderFailure,
    origin: Origin,
  ): Promise<Connection> {
    if (failure.code === 'credential.invalid_login') await this.logins.refused(login);
    if (failure.code === 'credential.duplicate') {
      const orphan = await this.existing(provider, creation, origin);
      if (orphan) return this.adopt.run(creation, orphan, origin);
    }
    if (failure.mayHaveHappened) {
      this.log.warn({ connectionId: creation.id, code: failure.code }, 'creation left for recovery');
    } else {
      await this.creations.drop(creation.id);
    }
    throw asFailure(failure);
  }

  /** The provider has this login already: ours from a lost creation, or somebody's live connection. */
  private async existing(provider: Provider, creation: Creation, origin: Origin): Promise<CredentialSnapshot | null> {
    const found = await this.adopt.find(provider, creation);
    if (found.kind === 'connected') {
      await this.creations.drop(creation.id);
      throw await this.adopt.duplicate(found.connectionId, origin);
    }
    return found.kind === 'orphan' ? found.snapshot : null;
  }
}
