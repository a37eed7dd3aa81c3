import { Injectable } from '@nestjs/common';

import { Failure } from '../platform/errors/failure.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import { credentialRefOf } from './credential-ref.js';
import type { Connection } from './domain/connection.js';
import { isMoving } from './domain/connection-state.js';
import type { Answer } from './domain/field-answers.js';
import { LoginCheck, type CheckedLogin } from './login-check.js';
import type { Origin } from './origin.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';
import { ReadConnections } from './read-connections.js';

/** Gives a connection a new login, e.g. after a changed password. Its id, history and data stay. */
@Injectable()
export class ReplaceLogin {
  constructor(
    private readonly read: ReadConnections,
    private readonly connections: ConnectionRepository,
    private readonly providers: ProviderAccess,
    private readonly logins: LoginCheck,
    private readonly lifecycle: ConnectionLifecycle,
  ) {}

  /** @throws Failure `capability_unsupported`, `connection.busy`, `connection.different_login`, `connection.duplicate`, and those of `LoginCheck` */
  async run(id: string, answers: readonly Answer[], origin: Origin): Promise<Connection> {
    const connection = await this.read.stored(id);
    const provider = this.providers.provider(connection.provider);
    if (!provider.login) {
      throw new Failure('capability_unsupported', {
        detail: `${provider.name} takes no logins. The user gives the new one on its page: create a link session.`,
        members: { instead: '/v1/link-sessions' },
      });
    }
    if (connection.state === 'deleting') throw new Failure('connection.deleting');
    if (isMoving(connection.state)) {
      throw new Failure('connection.busy', {
        detail: 'The provider is working on this connection. Try again when it has settled.',
      });
    }
    const login = await this.logins.run(provider, connection.institutionId, answers);
    this.checkIdentity(connection, login);
    await this.take(connection, login.fingerprint);
    const ref = credentialRefOf(connection);
    const result = await provider.login.replaceLogin(ref, login.fields, this.providers.call());
    if (!result.ok && !result.failure.mayHaveHappened) {
      await this.connections.giveLoginBack(id, login.fingerprint, connection.fingerprint);
    }
    const facts = { fingerprint: login.fingerprint };
    return (await this.lifecycle.apply(id, valueOf(result).observation, origin, { facts })).connection;
  }

  /** A connection that has data belongs to one bank login; another one would mix two people's accounts. */
  private checkIdentity(connection: Connection, { fingerprint }: CheckedLogin): void {
    if (fingerprint === connection.fingerprint) return;
    if (connection.dataAsOf !== null || connection.lastSuccessAt !== null) {
      throw new Failure('connection.different_login', {
        detail: 'This is another login than the one that is connected. Create a new connection for it.',
      });
    }
  }

  /** Before the provider hears of it: of two connections that want the same login, only one may send it. */
  private async take(connection: Connection, fingerprint: string | null): Promise<void> {
    if (fingerprint === connection.fingerprint) return;
    if (fingerprint === null || (await this.connections.takeLogin(connection.id, fingerprint))) return;
    const other = await this.connections.findByFingerprint(fingerprint);
    if (!other)
      throw new Failure('connection.create_in_progress', { detail: 'The same login is being connected right now.' });
    throw new Failure('connection.duplicate', {
      detail: 'This login is connected already.',
      members: { connectionId: other.id },
    });
  }
}
