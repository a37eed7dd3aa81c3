import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import type { ProviderFailure } from '../credentials/failure.js';
import type { Observation } from '../credentials/observation.js';
import type { Result } from '../credentials/result.js';
import { Clock } from '../platform/time/clock.js';
import { asFailure } from '../providers/registry/provider-failures.js';
import { ConnectionLifecycle, type ApplyOptions } from './connection-lifecycle.js';
import type { Connection } from './domain/connection.js';
import { ObserveConnection } from './observe-connection.js';
import type { Origin } from './origin.js';
import { ConnectionWorkRepository } from './persistence/connection-work.repository.js';
import { evidenceOf } from './provider-evidence.js';
import { RefreshAttemptRepository } from './persistence/refresh-attempt.repository.js';
import { ReadConnections } from './read-connections.js';

/** Longer than any call may take: a claim is only lost by a process that died. */
const LEASE_MS = 40_000;
/** A call whose answer was lost may have set the credential in motion. */
const LOOK_AGAIN_MS = 2_000;

/** The right to command a connection, and the connection as it was once the right was had. */
export interface Claim {
  readonly connection: Connection;
  readonly fence: number;
}

/** Calls that change a credential: one at a time for each connection, over all processes. */
@Injectable()
export class ClaimedCall {
  private readonly owner = randomUUID();

  constructor(
    private readonly work: ConnectionWorkRepository,
    private readonly read: ReadConnections,
    private readonly observe: ObserveConnection,
    private readonly lifecycle: ConnectionLifecycle,
    private readonly attempts: RefreshAttemptRepository,
    private readonly clock: Clock,
  ) {}

  /** @returns `null` without calling `command` while somebody else has the claim. */
  async run(id: string, origin: Origin, command: (claim: Claim) => Promise<Connection>): Promise<Connection | null> {
    const claim = await this.work.claimWork(id, this.owner, this.clock.now(), LEASE_MS);
    if (!claim) return null;
    try {
      const found = await this.read.stored(id);
      // What a dead process did to it must be known before anything is repeated.
      const connection = claim.abandoned ? await this.afterCrash(found, claim.fence, origin) : found;
      return await command({ connection, fence: claim.fence });
    } finally {
      await this.work.releaseWork(id, claim.fence);
    }
  }

  private async afterCrash(found: Connection, fence: number, origin: Origin): Promise<Connection> {
    await this.attempts.abandon(found.id, fence, this.clock.now());
    return this.observe.run(found, origin);
  }

  /** Writes what the call brought. @throws Failure with the provider's code */
  async conclude(
    { connection: { id }, fence }: Claim,
    result: Result<Observation, ProviderFailure>,
    origin: Origin,
    options: Pick<ApplyOptions, 'facts'> = {},
  ): Promise<Connection> {
    if (result.ok) return (await this.lifecycle.apply(id, result.value, origin, { ...options, fence })).connection;
    const { failure } = result;
    if (failure.observation) {
      await this.lifecycle.apply(id, failure.observation, origin, { fence, evidence: evidenceOf(failure) });
    } else if (failure.mayHaveHappened) {
      await this.work.watchSoon(id, new Date(this.clock.now().getTime() + LOOK_AGAIN_MS));
    }
    throw asFailure(failure);
  }
}
