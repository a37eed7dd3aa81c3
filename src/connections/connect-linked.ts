import { Injectable } from '@nestjs/common';

import type { CredentialSnapshot } from '../credentials/credentials.service.js';
import type { Provider } from '../credentials/provider.js';
import type { ProviderId } from '../credentials/provider-id.js';
import type { SecretValue } from '../credentials/secret-value.js';
import { Failure } from '../platform/errors/failure.js';
import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';
import { AdoptCredential } from './adopt-credential.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import { CreationMoment } from './creation-moment.js';
import type { Connection } from './domain/connection.js';
import { LoginCheck } from './login-check.js';
import type { Origin } from './origin.js';
import { ConnectionRepository } from './persistence/connection.repository.js';

/** Whose visit it was. */
export interface Visitor {
  readonly userId: string;
  readonly externalUserId: string;
  readonly provider: ProviderId;
  readonly reference: string | null;
}

/** Turns what a hosted visit brought into a connection, new or repaired. */
@Injectable()
export class ConnectLinked {
  constructor(
    private readonly providers: ProviderAccess,
    private readonly connections: ConnectionRepository,
    private readonly lifecycle: ConnectionLifecycle,
    private readonly adopt: AdoptCredential,
    private readonly logins: LoginCheck,
    private readonly moment: CreationMoment,
  ) {}

  /** The same user connecting the same login again gets the connection that exists. @throws Failure `connection.duplicate` */
  async connect(visitor: Visitor, snapshot: CredentialSnapshot, origin: Origin): Promise<Connection> {
    const provider = this.providers.provider(visitor.provider);
    const fingerprint = this.logins.fingerprint(provider, snapshot.institutionId, snapshot.loginIdentity);
    const known = await this.known(provider, snapshot, fingerprint);
    if (known) return this.again(known, visitor, snapshot, origin);
    const institutionName = await this.institutionName(visitor.provider, snapshot.institutionId);
    const creation = this.moment.linked({ ...visitor, fingerprint, institutionName }, snapshot.institutionId, origin);
    try {
      return await this.adopt.direct(creation, snapshot, origin);
    } catch (error) {
      // Another visit with the same login was faster by a moment.
      const other = await this.known(provider, snapshot, fingerprint);
      if (!other) throw error;
      return this.again(other, visitor, snapshot, origin);
    }
  }

  /** @throws Failure `link.different_login`: then nothing was written, `connection.not_found` */
  async repair(connectionId: string, snapshot: CredentialSnapshot, origin: Origin): Promise<Connection> {
    const connection = await this.connections.find(connectionId);
    if (!connection) throw new Failure('connection.not_found');
    if (!this.sameCredential(connection, snapshot)) {
      throw new Failure('link.different_login', {
        detail: 'The user came back with another bank login. The connection is as it was.',
      });
    }
    return (await this.lifecycle.apply(connectionId, snapshot.observation, origin)).connection;
  }

  /**
   * The provider says that it has this login already. What this user made there and never got, e.g. because a browser
   * was lost, is theirs to connect. @throws Failure `connection.duplicate`
   */
  async existing(visitor: Visitor, credentialId: SecretValue | undefined, origin: Origin): Promise<Connection> {
    const lost = credentialId && (await this.lost(visitor, credentialId));
    if (lost) return this.connect(visitor, lost, origin);
    throw await this.duplicate(visitor.provider, visitor.userId, credentialId);
  }

  /** Only the provider's own list tells whose credential it is. */
  private async lost(visitor: Visitor, credentialId: SecretValue): Promise<CredentialSnapshot | null> {
    const provider = this.providers.provider(visitor.provider);
    if (!provider.credentials.capabilities.list) return null;
    if (await this.connections.findByCredential(provider.id, credentialId)) return null;
    const listed = await provider.credentials.list(providerUserRef(visitor.userId), this.providers.call());
    const why = 'to find the credential that the provider has already';
    const wanted = credentialId.reveal(why);
    return valueOf(listed).find((each) => each.credentialId.reveal(why) === wanted) ?? null;
  }

  /** The failure for a login that the provider says is connected already. */
  async duplicate(provider: ProviderId, userId: string, credentialId: SecretValue | undefined): Promise<Failure> {
    const known = credentialId && (await this.connections.findByCredential(provider, credentialId));
    const members = known?.userId === userId ? { members: { connectionId: known.id } } : {};
    return new Failure('connection.duplicate', { detail: 'This login is connected already.', ...members });
  }

  private async known({ id }: Provider, { credentialId }: CredentialSnapshot, fingerprint: string | null) {
    const sameCredential = await this.connections.findByCredential(id, credentialId);
    return sameCredential ?? (fingerprint === null ? null : await this.connections.findByFingerprint(fingerprint));
  }

  private async again(known: Connection, visitor: Visitor, snapshot: CredentialSnapshot, origin: Origin) {
    if (known.userId !== visitor.userId || !this.sameCredential(known, snapshot)) {
      throw await this.duplicate(visitor.provider, visitor.userId, known.credentialId ?? undefined);
    }
    if (known.state === 'deleting') throw new Failure('connection.deleting');
    return (await this.lifecycle.apply(known.id, snapshot.observation, origin)).connection;
  }

  private sameCredential(connection: Connection, { credentialId }: CredentialSnapshot): boolean {
    const why = 'to compare the credential of the visit with the connected one';
    return connection.credentialId?.reveal(why) === credentialId.reveal(why);
  }

  /** A directory that cannot be read does not lose a connection: the id stands in for the name. */
  private async institutionName(providerId: string, institutionId: string): Promise<string> {
    const { institutions } = this.providers.provider(providerId);
    const found = await institutions?.find(institutionId, this.providers.call());
    return found?.ok ? found.value.name : institutionId;
  }
}
