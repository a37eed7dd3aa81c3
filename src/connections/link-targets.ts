import { Injectable } from '@nestjs/common';

import type { CredentialRef } from '../credentials/credential-ref.js';
import type { Provider } from '../credentials/provider.js';
import { Failure } from '../platform/errors/failure.js';
import { credentialRefOf } from './credential-ref.js';
import { ConnectionRepository } from './persistence/connection.repository.js';

/** A connection that a hosted visit is to repair. */
export interface LinkTarget {
  readonly connectionId: string;
  readonly institutionId: string;
  readonly credential: CredentialRef;
}

@Injectable()
export class LinkTargets {
  constructor(private readonly connections: ConnectionRepository) {}

  /** Another user's connection is not found. @throws Failure `connection.not_found`, `connection.deleting`, `link.other_provider` */
  async find(connectionId: string, userId: string, provider: Provider): Promise<LinkTarget> {
    const connection = await this.connections.find(connectionId);
    if (connection?.userId !== userId) {
      throw new Failure('connection.not_found', { detail: 'This user has no connection with this id.' });
    }
    if (connection.state === 'deleting') throw new Failure('connection.deleting');
    if (connection.provider !== provider.id) {
      throw new Failure('link.other_provider', {
        detail: `This connection is at ${connection.provider}. It can only be repaired there.`,
        violations: [{ pointer: '/provider', message: `Must be ${connection.provider}.` }],
      });
    }
    const { institutionId } = connection;
    return { connectionId, institutionId, credential: credentialRefOf(connection) };
  }
}
