import { Injectable } from '@nestjs/common';

import type { CredentialSnapshot } from '../credentials/credentials.service.js';
import type { Provider } from '../credentials/provider.js';
import type { SecretValue } from '../credentials/secret-value.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { AdoptCredential } from './adopt-credential.js';
import { CreationMoment } from './creation-moment.js';
import { RepairConnection, type Visitor } from './credential-repair.js';
import type { Connection } from './domain/connection.js';
import { LoginCheck } from './login-check.js';
import type { Origin } from './origin.js';
import { ConnectionRepository } from './persistence/connection.repository.js';

/** Turns what a hosted visit for a new connection brought into one. */
@Injectable()
export class ConnectLinked {
  constructor(
    private readonly providers: ProviderAccess,
    private readonly connections: ConnectionRepository,
    private readonly repairs: RepairConnection,
    private readonly adopt: AdoptCredential,
    private readonly logins: LoginCheck,
    private readonly moment: CreationMoment,
  ) {}

  /** The same user connecting the same login again gets the connection that exists. @throws Failure `connection.duplicate` */
  async connect(visitor: Visitor, snapshot: CredentialSnapshot, origin: Origin): Promise<Connection> {
    const provider = this.providers.provider(visitor.provider);
    const fingerprint = this.logins.fingerprint(provider, snapshot.institutionId, snapshot.loginIdentity);
    const known = await this.known(provider, snapshot, fingerprint);
    if (known) return this.repairs.again(known, visitor, snapshot, origin);
    const institutionName = await this.institutionName(visitor.provider, snapshot.institutionId);
    const creation = this.moment.linked({ ...visitor, fingerprint, institutionName }, snapshot.institutionId, origin);
    try {
      return await this.adopt.direct(creation, snapshot, origin);
    } catch (error) {
      // Another visit with the same login was faster by a moment.
      const other = await this.known(provider, snapshot, fingerprint);
      if (!other) throw error;
      return this.repairs.again(other, visitor, snapshot, origin);
    }
  }

  /**
   * The provider says that it has this login already. What this user made there and never got, e.g. because a browser
   * was lost, is theirs to connect. @throws Failure `connection.duplicate`
   */
  async existing(visitor: Visitor, credentialId: SecretValue | undefined, origin: Origin): Promise<Connection> {
    const lost = credentialId && (await this.repairs.lost(visitor, credentialId));
    if (lost) return this.connect(visitor, lost, origin);
    throw await this.repairs.duplicate(visitor, credentialId);
  }

  private async known({ id }: Provider, { credentialId }: CredentialSnapshot, fingerprint: string | null) {
    const sameCredential = await this.connections.findByCredential(id, credentialId);
    return sameCredential ?? (fingerprint === null ? null : await this.connections.findByFingerprint(fingerprint));
  }

  /** A directory that cannot be read does not lose a connection: the id stands in for the name. */
  private async institutionName(providerId: string, institutionId: string): Promise<string> {
    const { institutions } = this.providers.provider(providerId);
    const found = await institutions?.find(institutionId, this.providers.call());
    return found?.ok ? found.value.name : institutionId;
  }
}
