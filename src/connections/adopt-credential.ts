import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { CredentialSnapshot } from '../credentials/credentials.service.js';
import type { Provider } from '../credentials/provider.js';
import { Failure } from '../platform/errors/failure.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import { needsCredential } from './credential-repair.js';
import { refuseTaken } from './credential-successor.js';
import type { Connection } from './domain/connection.js';
import { FirstRecord } from './first-record.js';
import { LoginCheck } from './login-check.js';
import { mayHearOf, type Origin } from './origin.js';
import { ConnectionCreationRepository, type Creation } from './persistence/connection-creation.repository.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';

export type Match =
  | { readonly kind: 'orphan'; readonly snapshot: CredentialSnapshot }
  | { readonly kind: 'connected'; readonly connectionId: string }
  | { readonly kind: 'none' };

/** Turns a creation and the provider's credential into a connection. */
@Injectable()
export class AdoptCredential {
  constructor(
    private readonly creations: ConnectionCreationRepository,
    private readonly connections: ConnectionRepository,
    private readonly lifecycle: ConnectionLifecycle,
    private readonly providers: ProviderAccess,
    private readonly logins: LoginCheck,
    private readonly records: FirstRecord,
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
    return this.begin(creation, snapshot, origin, async () => undefined).catch(refuseTaken);
  }

  /** The failure for a login that is connected already, and how to mend that connection where it needs it. */
  async duplicate(connectionId: string, origin: Origin): Promise<Failure> {
    const known = await this.connections.find(connectionId);
    const mayHear = mayHearOf(origin, known?.userId ?? '');
    if (!known || !mayHear || !needsCredential(known)) {
      const members = mayHear ? { members: { connectionId } } : {};
      return new Failure('connection.duplicate', { detail: 'This login is connected already.', ...members });
    }
    const { replaceLogin } = this.providers.capabilities(known.provider);
    return new Failure('connection.duplicate', {
      detail: 'This login has a connection that does not work. Give the login to that connection: it keeps its id.',
      members: {
        connectionId,
        instead: replaceLogin ? `PUT /v1/connections/${connectionId}/login` : 'POST /v1/link-sessions',
      },
    });
  }

  /** Looks for what a creation may have left at the provider. @throws Failure with the provider's code */
  async find(provider: Provider, creation: Creation): Promise<Match> {
    const answer = await provider.credentials.list(
      providerUserRef(creation.userId),
      await this.providers.callFor(creation.userId),
    );
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
    const connection = this.records.of(creation, snapshot);
    await this.lifecycle.begin(connection, origin, inSameTransaction);
    return connection;
  }

  private fits(provider: Provider, creation: Creation, snapshot: CredentialSnapshot): boolean {
    if (snapshot.institutionId !== creation.institutionId) return false;
    return this.logins.fingerprint(provider, snapshot.institutionId, snapshot.loginIdentity) === creation.fingerprint;
  }
}
