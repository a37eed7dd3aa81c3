import { Injectable } from '@nestjs/common';

import type { AuthenticateOptions } from '../credentials/credentials.service.js';
import { Failure } from '../platform/errors/failure.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import { credentialRefOf } from './credential-ref.js';
import type { Connection } from './domain/connection.js';
import { isMoving } from './domain/connection-state.js';
import type { Origin } from './origin.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';
import { ReadConnections } from './read-connections.js';

/** Starts the user's authentication at the bank again, to renew a consent. */
@Injectable()
export class AuthenticateConnection {
  constructor(
    private readonly read: ReadConnections,
    private readonly providers: ProviderAccess,
    private readonly lifecycle: ConnectionLifecycle,
  ) {}

  /** A dialogue that is open already is answered with, not started twice. */
  async run(id: string, options: AuthenticateOptions, origin: Origin): Promise<Connection> {
    const connection = await this.read.stored(id);
    if (isMoving(connection.state)) return connection;
    if (connection.state === 'deleting') throw new Failure('connection.deleting');
    const { credentials } = this.providers.provider(connection.provider);
    const accepted = valueOf(
      await credentials.authenticate(credentialRefOf(connection), options, this.providers.call()),
    );
    return (await this.lifecycle.apply(id, accepted, origin)).connection;
  }
}
