import { Injectable } from '@nestjs/common';

import type { Provider } from '../credentials/provider.js';
import { ok } from '../credentials/result.js';
import { Failure } from '../platform/errors/failure.js';
import { ClaimedCall, type Claim } from './claimed-call.js';
import { GiveLogin, type GivenLogin } from './credential-login.js';
import { SucceedCredential } from './credential-succession.js';
import type { Connection } from './domain/connection.js';
import { isMoving } from './domain/connection-state.js';
import type { Answer } from './domain/field-answers.js';
import type { CheckedLogin } from './checked-login.js';
import { LoginCheck } from './login-check.js';
import type { Origin } from './origin.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { ReadConnections } from './read-connections.js';

/** Gives a connection a new login, e.g. after a changed password. Its id, history and data stay. */
@Injectable()
export class ReplaceLogin {
  constructor(
    private readonly read: ReadConnections,
    private readonly providers: ProviderAccess,
    private readonly logins: LoginCheck,
    private readonly claims: ClaimedCall,
    private readonly giving: GiveLogin,
    private readonly succession: SucceedCredential,
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
    const login = await this.logins.run(provider, connection.institutionId, answers, connection.userId);
    this.checkIdentity(connection, login);
    const { login: port } = provider;
    const after = await this.claims.run(id, origin, async (claim) => {
      checkSettled(claim.connection);
      if (claim.connection.provider !== provider.id) busy();
      this.checkIdentity(claim.connection, login);
      const given = await this.giving.run(provider, port, claim.connection, login, origin);
      return this.conclude(claim, provider, login.fingerprint, given, origin);
    });
    return after ?? busy();
  }

  private async conclude(
    claim: Claim,
    provider: Provider,
    fingerprint: string | null,
    { result, isNew }: GivenLogin,
    origin: Origin,
  ): Promise<Connection> {
    if (!result.ok) return this.claims.conclude(claim, result, origin);
    if (isNew) {
      return this.succession.runOrDiscard(claim.connection, { provider, snapshot: result.value, fingerprint }, origin);
    }
    return this.claims.conclude(claim, ok(result.value.observation), origin, { facts: { fingerprint } });
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
