import { Injectable } from '@nestjs/common';

import type { CredentialSnapshot } from '../credentials/credentials.service.js';
import type { Provider } from '../credentials/provider.js';
import { Failure } from '../platform/errors/failure.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import { CredentialTrail } from './credential-trail.js';
import type { Connection } from './domain/connection.js';
import type { Origin } from './origin.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { CredentialHandover } from './persistence/former-credential-handover.js';

/** What comes instead of a connection's credential. */
export interface Heir {
  readonly provider: Provider;
  readonly snapshot: CredentialSnapshot;
  readonly fingerprint: string | null;
}

/**
 * Puts another credential behind a connection, whose id, history and accounts stay. The old one is deleted at its
 * provider later, once the connection has worked with the new one.
 */
@Injectable()
export class SucceedCredential {
  constructor(
    private readonly lifecycle: ConnectionLifecycle,
    private readonly connections: ConnectionRepository,
    private readonly handover: CredentialHandover,
    private readonly providers: ProviderAccess,
    private readonly trail: CredentialTrail,
  ) {}

  /** All or nothing. @throws Failure `connection.duplicate`, `connection.deleting`, `connection.not_found`, `connection.conflict` */
  async run(connection: Connection, { provider, snapshot, fingerprint }: Heir, origin: Origin): Promise<Connection> {
    const { institutionId, observation } = snapshot;
    const credentialId = observation.credentialId ?? snapshot.credentialId;
    const owner = await this.connections.findByCredential(provider.id, credentialId);
    if (owner && owner.id !== connection.id) throw takenBy(owner, connection.userId);
    const moves = provider.id !== connection.provider;
    const institutionName = await this.institutionName(connection, provider, institutionId);
    const { connection: after, refused } = await this.lifecycle.apply(connection.id, observation, origin, {
      successor: {
        ...{ provider: provider.id, institutionId, institutionName, credentialId, fingerprint },
        replaces: connection,
      },
      evidence: {
        note: moves ? `moved from ${connection.provider} to ${provider.id}` : 'the provider gave another credential',
      },
      inSameTransaction: async (manager) => this.handover.settle(manager, connection.id, fingerprint),
    });
    if (refused === null) return after;
    if (after.state === 'deleting') throw new Failure('connection.deleting');
    throw new Failure(after.state === 'deleted' ? 'connection.not_found' : 'connection.conflict');
  }

  /** The same with a credential that was made for this connection: when it does not become its own, nobody takes it. */
  async runOrDiscard(connection: Connection, heir: Heir, origin: Origin): Promise<Connection> {
    try {
      return await this.run(connection, heir, origin);
    } catch (error) {
      await this.trail.discard(connection.userId, heir.provider.id, heir.snapshot.credentialId);
      throw error;
    }
  }

  /** A directory that cannot be read does not lose a connection: the id stands in for the name. */
  private async institutionName(known: Connection, { id, institutions }: Provider, institutionId: string) {
    if (known.provider === id && known.institutionId === institutionId) return known.institutionName;
    const found = await institutions?.find(institutionId, this.providers.call());
    return found?.ok ? found.value.name : institutionId;
  }
}

/** Another user's connection is not named. */
function takenBy(owner: Connection, userId: string): Failure {
  const members = owner.userId === userId ? { members: { connectionId: owner.id } } : {};
  return new Failure('connection.duplicate', { detail: 'This login is connected already.', ...members });
}
