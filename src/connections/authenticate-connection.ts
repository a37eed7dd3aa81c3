import { Injectable } from '@nestjs/common';

import type { AuthenticateOptions } from '../credentials/credentials.service.js';
import { Failure } from '../platform/errors/failure.js';
import { ClaimedCall, type Claim } from './claimed-call.js';
import { credentialRefOf } from './credential-ref.js';
import type { Connection } from './domain/connection.js';
import { isMoving } from './domain/connection-state.js';
import { MOST_REFUSALS } from './login-guard.js';
import type { Origin } from './origin.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { ReadConnections } from './read-connections.js';

/** Starts the user's authentication at the bank again, to renew a consent. */
@Injectable()
export class AuthenticateConnection {
  constructor(
    private readonly read: ReadConnections,
    private readonly providers: ProviderAccess,
    private readonly claims: ClaimedCall,
  ) {}

  /** A dialogue that is open already is answered with, not started twice. */
  async run(id: string, options: AuthenticateOptions, origin: Origin): Promise<Connection> {
    const before = await this.read.stored(id);
    const { name, credentials } = this.providers.provider(before.provider);
    if (!credentials.capabilities.authenticate) {
      throw new Failure('capability_unsupported', {
        detail: `${name} lets users authenticate on its own page only. Create a link session to renew.`,
        members: { instead: '/v1/link-sessions' },
      });
    }
    if (isUnderWay(before)) return before;
    const after = await this.claims.run(id, origin, async (claim) =>
      isUnderWay(claim.connection) ? claim.connection : this.call(claim, options, origin),
    );
    return after ?? this.read.stored(id);
  }

  /** @throws Failure `login.guarded`, or the provider's code */
  private async call(claim: Claim, options: AuthenticateOptions, origin: Origin): Promise<Connection> {
    checkRefusals(claim.connection);
    const { credentials } = this.providers.provider(claim.connection.provider);
    const call = await this.providers.callFor(claim.connection.userId);
    const result = await credentials.authenticate(credentialRefOf(claim.connection), options, call);
    return this.claims.conclude(claim, result, origin);
  }
}

/** @throws Failure `connection.deleting` */
function isUnderWay({ state }: Connection): boolean {
  if (state === 'deleting') throw new Failure('connection.deleting');
  return isMoving(state);
}

/** The stored login is sent again, and the bank would lock its user. A new one resets what counts. */
function checkRefusals({ state, cause, wrongLoginCount }: Connection): void {
  if (state !== 'blocked' || cause !== 'wrong_credentials' || wrongLoginCount < MOST_REFUSALS) return;
  throw new Failure('login.guarded', {
    detail: `The bank refused this login ${String(wrongLoginCount)} times. Ask the user for the right one.`,
  });
}
