import { Injectable } from '@nestjs/common';

import type { CredentialRef } from '../credentials/credential-ref.js';
import type { LinkPurpose } from '../credentials/link-purpose.js';
import type { Provider } from '../credentials/provider.js';
import { Failure } from '../platform/errors/failure.js';
import { credentialRefOf } from './credential-ref.js';
import { needsCredential } from './credential-repair.js';
import type { Connection } from './domain/connection.js';
import { isMoving } from './domain/connection-state.js';
import { ConnectionRepository } from './persistence/connection.repository.js';

/** A connection that a hosted visit is to repair, to connect anew or to move to another provider. */
export interface LinkTarget {
  readonly connectionId: string;
  /** Absent for a move: the bank has another id there. */
  readonly institutionId?: string;
  /** What is to be repaired; absent when a new one comes in its place. */
  readonly credential?: CredentialRef;
}

@Injectable()
export class LinkTargets {
  constructor(private readonly connections: ConnectionRepository) {}

  /**
   * Another user's connection is not found.
   * @throws Failure `connection.not_found`, `connection.deleting`, `connection.busy`, `link.other_provider`, `request.invalid`
   */
  async find(connectionId: string, userId: string, provider: Provider, purpose: LinkPurpose): Promise<LinkTarget> {
    const connection = await this.connections.find(connectionId);
    if (connection?.userId !== userId) {
      throw new Failure('connection.not_found', { detail: 'This user has no connection with this id.' });
    }
    if (connection.state === 'deleting') throw new Failure('connection.deleting');
    const { institutionId } = connection;
    const moves = connection.provider !== provider.id;
    if (purpose === 'connect') {
      checkReconnectable(connection, moves);
      return { connectionId, ...(moves ? {} : { institutionId }) };
    }
    if (moves) {
      throw new Failure('link.other_provider', {
        detail: `This connection is at ${connection.provider}. It can only be repaired there, or moved with a visit to connect.`,
        violations: [{ pointer: '/provider', message: `Must be ${connection.provider}.` }],
      });
    }
    return { connectionId, institutionId, credential: credentialRefOf(connection) };
  }
}

/** @throws Failure `connection.busy`, `request.invalid` */
function checkReconnectable(connection: Connection, moves: boolean): void {
  if (isMoving(connection.state)) {
    throw new Failure('connection.busy', {
      detail: 'The provider is working on this connection. Try again when it has settled.',
    });
  }
  if (moves || needsCredential(connection)) return;
  const message = 'This connection works. Leave it out to connect another login, or name another provider to move it.';
  throw new Failure('request.invalid', { violations: [{ pointer: '/connectionId', message }] });
}
