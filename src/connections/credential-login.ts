import { Injectable } from '@nestjs/common';

import type { CredentialSnapshot } from '../credentials/credentials.service.js';
import type { ProviderFailure } from '../credentials/failure.js';
import type { LoginRefresher } from '../credentials/login-refresher.js';
import type { Provider } from '../credentials/provider.js';
import type { Result } from '../credentials/result.js';
import { Failure } from '../platform/errors/failure.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import type { CheckedLogin } from './checked-login.js';
import { credentialRefOf } from './credential-ref.js';
import { RecreateCredential } from './credential-recreation.js';
import type { Connection } from './domain/connection.js';
import { mayHearOf, type Origin } from './origin.js';
import { ConnectionRepository } from './persistence/connection.repository.js';

export interface GivenLogin {
  readonly result: Result<CredentialSnapshot, ProviderFailure>;
  /** The provider had lost the credential: this is another one. */
  readonly isNew: boolean;
}

/** Gives a connection's provider a login. Of two connections that want the same one, only one may send it. */
@Injectable()
export class GiveLogin {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly providers: ProviderAccess,
    private readonly recreation: RecreateCredential,
  ) {}

  /** @throws Failure `connection.duplicate`, `connection.create_in_progress`: then the provider heard nothing */
  async run(
    provider: Provider,
    port: LoginRefresher,
    connection: Connection,
    login: CheckedLogin,
    origin: Origin,
  ): Promise<GivenLogin> {
    await this.take(connection, login.fingerprint, origin);
    const given = await this.give(provider, port, connection, login);
    if (!given.result.ok && !given.result.failure.mayHaveHappened) {
      await this.connections.giveLoginBack(connection.id, login.fingerprint, connection.fingerprint);
    }
    return given;
  }

  private async give(
    provider: Provider,
    port: LoginRefresher,
    connection: Connection,
    login: CheckedLogin,
  ): Promise<GivenLogin> {
    const call = await this.providers.callFor(connection.userId);
    const result = await port.replaceLogin(credentialRefOf(connection), login.fields, call);
    const isLost = !result.ok && result.failure.code === 'credential.not_found';
    if (!isLost || !provider.credentials.capabilities.connect.includes('direct')) return { result, isNew: false };
    return { result: await this.recreation.run(provider, connection, login), isNew: true };
  }

  private async take(connection: Connection, fingerprint: string | null, origin: Origin): Promise<void> {
    if (fingerprint === connection.fingerprint) return;
    if (fingerprint === null || (await this.connections.takeLogin(connection.id, fingerprint))) return;
    const other = await this.connections.findByFingerprint(fingerprint);
    if (!other)
      throw new Failure('connection.create_in_progress', { detail: 'The same login is being connected right now.' });
    throw new Failure('connection.duplicate', {
      detail: 'This login is connected already.',
      ...(mayHearOf(origin, other.userId) ? { members: { connectionId: other.id } } : {}),
    });
  }
}
