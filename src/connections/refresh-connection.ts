import { Injectable } from '@nestjs/common';

import type { RefreshOptions } from '../credentials/credentials.service.js';
import { Failure } from '../platform/errors/failure.js';
import { ClaimedCall, type Claim } from './claimed-call.js';
import { credentialRefOf } from './credential-ref.js';
import type { Connection } from './domain/connection.js';
import { mayRefresh } from './domain/refresh-decision.js';
import type { Origin } from './origin.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { ReadConnections } from './read-connections.js';

/** Asks the provider to fetch from the bank. One at a time for each connection, over all processes. */
@Injectable()
export class RefreshConnection {
  constructor(
    private readonly read: ReadConnections,
    private readonly providers: ProviderAccess,
    private readonly claims: ClaimedCall,
  ) {}

  /**
   * @returns the connection as it is once the provider has accepted, or as it is when a refresh is under way.
   * @throws Failure `connection.not_refreshable`, `capability_unsupported`, or the provider's code
   */
  async run(id: string, options: RefreshOptions, origin: Origin): Promise<Connection> {
    const before = await this.read.stored(id);
    if (!this.allowed(before)) return before;
    const after = await this.claims.run(id, origin, async (claim) =>
      // Somebody may have finished between the first look and the claim.
      this.allowed(claim.connection) ? this.call(claim, options, origin) : claim.connection,
    );
    return after ?? this.read.stored(id);
  }

  private allowed(connection: Connection): boolean {
    const decision = mayRefresh(connection, this.providers.provider(connection.provider).credentials.capabilities);
    if (decision.kind === 'refuse') throw new Failure(decision.code, { detail: decision.reason });
    return decision.kind === 'go';
  }

  private async call(claim: Claim, options: RefreshOptions, origin: Origin): Promise<Connection> {
    const { credentials } = this.providers.provider(claim.connection.provider);
    const result = await credentials.refresh(credentialRefOf(claim.connection), options, this.providers.call());
    return this.claims.conclude(claim, result, origin);
  }
}
