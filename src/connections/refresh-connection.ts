import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import type { RefreshOptions } from '../credentials/credentials.service.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import { credentialRefOf } from './credential-ref.js';
import type { Connection } from './domain/connection.js';
import { mayRefresh } from './domain/refresh-decision.js';
import type { Origin } from './origin.js';
import { ConnectionWorkRepository } from './persistence/connection-work.repository.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { asFailure } from '../providers/registry/provider-failures.js';
import { evidenceOf } from './provider-evidence.js';
import { ReadConnections } from './read-connections.js';

/** Longer than any call may take: a claim is only lost by a process that died. */
const LEASE_MS = 40_000;

/** Asks the provider to fetch from the bank. One at a time for each connection, over all processes. */
@Injectable()
export class RefreshConnection {
  private readonly owner = randomUUID();

  constructor(
    private readonly read: ReadConnections,
    private readonly work: ConnectionWorkRepository,
    private readonly providers: ProviderAccess,
    private readonly lifecycle: ConnectionLifecycle,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the connection as it is once the provider has accepted, or as it is when a refresh is under way.
   * @throws Failure `connection.not_refreshable`, `capability_unsupported`, or the provider's code
   */
  async run(id: string, options: RefreshOptions, origin: Origin): Promise<Connection> {
    const before = await this.read.stored(id);
    if (!this.allowed(before)) return before;
    const fence = await this.work.claimWork(id, this.owner, this.clock.now(), LEASE_MS);
    if (fence === null) return this.read.stored(id);
    try {
      // Somebody may have finished between the first look and the claim.
      const connection = await this.read.stored(id);
      return this.allowed(connection) ? await this.call(connection, fence, options, origin) : connection;
    } finally {
      await this.work.releaseWork(id, fence);
    }
  }

  private allowed(connection: Connection): boolean {
    const decision = mayRefresh(connection, this.providers.provider(connection.provider).credentials.capabilities);
    if (decision.kind === 'refuse') throw new Failure(decision.code, { detail: decision.reason });
    return decision.kind === 'go';
  }

  private async call(connection: Connection, fence: number, options: RefreshOptions, origin: Origin) {
    const { credentials } = this.providers.provider(connection.provider);
    const result = await credentials.refresh(credentialRefOf(connection), options, this.providers.call());
    if (result.ok) return (await this.lifecycle.apply(connection.id, result.value, origin, { fence })).connection;
    const { observation } = result.failure;
    if (observation) {
      await this.lifecycle.apply(connection.id, observation, origin, { fence, evidence: evidenceOf(result.failure) });
    }
    throw asFailure(result.failure);
  }
}
