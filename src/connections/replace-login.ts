import { Injectable } from '@nestjs/common';

import type { LoginRefresher } from '../credentials/login-refresher.js';
import { ok } from '../credentials/result.js';
import { Failure } from '../platform/errors/failure.js';
import { ClaimedCall, type Claim } from './claimed-call.js';
import { credentialRefOf } from './credential-ref.js';
import type { Connection } from './domain/connection.js';
import { isMoving } from './domain/connection-state.js';
import type { Answer } from './domain/field-answers.js';
import { LoginCheck, type CheckedLogin } from './login-check.js';
import type { Origin } from './origin.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { ReadConnections } from './read-connections.js';

/** Gives a connection a new login, e.g. after a changed password. Its id, history and data stay. */
@Injectable()
export class ReplaceLogin {
  constructor(
    private readonly read: ReadConnections,
    private readonly connections: ConnectionRepository,
    private readonly providers: ProviderAccess,
    private readonly logins: LoginCheck,
    private readonly claims: ClaimedCall,
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
    checkSettled(connection);
    const login = await this.logins.run(provider, connection.institutionId, answers);
    this.checkIdentity(connection, login);
    const { login: port } = provider;
    const after = await this.claims.run(id, origin, async (claim) => this.send(claim, port, login, origin));
    return after ?? busy();
  }

  private async send(claim: Claim, port: LoginRefresher, login: CheckedLogin, origin: Origin): Promise<Connection> {
    const { connection } = claim;
    checkSettled(connection);
    this.checkIdentity(connection, login);
    await this.take(connection, login.fingerprint);
    const result = await port.replaceLogin(credentialRefOf(connection), login.fields, this.providers.call());
    if (result.ok) {
      const facts = { fingerprint: login.fingerprint };
      return this.claims.conclude(claim, ok(result.value.observation), origin, { facts });
    }
    if (!result.failure.mayHaveHappened) {
      await this.connections.giveLoginBack(connection.id, login.fingerprint, connection.fingerprint);
    }
    return this.claims.conclude(claim, result, origin);
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

/** @throws Failure `connection.deleting`, `connection.busy` */
function checkSettled({ state }: Connection): void {
  if (state === 'deleting') throw new Failure('connection.deleting');
  if (isMoving(state)) busy();
}

function busy(): never {
  throw new Failure('connection.busy', {
    detail: 'The provider is working on this connection. Try again when it has settled.',
  });
}
