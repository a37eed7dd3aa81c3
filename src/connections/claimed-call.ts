import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import type { ProviderFailure } from '../credentials/failure.js';
import type { Observation } from '../credentials/observation.js';
import type { Result } from '../credentials/result.js';
import { Failure } from '../platform/errors/failure.js';
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

  /**
   * @returns `null` without calling `command` while somebody else has the claim.
   * @throws Failure of the provider, or `connection.busy`, when what a dead process did cannot be read: then the next
   * claim looks again
   */
  async run(id: string, origin: Origin, command: (claim: Claim) => Promise<Connection>): Promise<Connection | null> {
    const claim = await this.work.claimWork(id, this.owner, this.clock.now(), LEASE_MS);
    if (!claim) return null;
    let isKnown = !claim.abandoned;
    try {
      const found = await this.read.stored(id);
      // What a dead process did to it must be known before anything is repeated.
      const connection = isKnown ? found : await this.afterCrash(found, claim.fence, origin);
      isKnown = true;
      return await command({ connection, fence: claim.fence });
    } catch (error) {
      // A fault of ours: whether the provider was told is as open as after a crash.
      if (!(error instanceof Failure)) isKnown = false;
      throw error;
    } finally {
      if (isKnown) await this.work.releaseWork(id, claim.fence);
      else await this.work.endWork(id, claim.fence, this.clock.now());
    }
  }

  /** @throws Failure when the provider does not tell */
  private async afterCrash(found: Connection, fence: number, origin: Origin): Promise<Connection> {
    await this.attempts.abandon(found.id, fence, this.clock.now());
    const { connection, outcome, failure } = await this.observe.look(found, origin);
    if (failure) throw asFailure(failure);
    if (outcome === 'overlapped') {
      throw new Failure('connection.busy', {
        detail: 'What became of the last command is being read. Try again in a moment.',
        retryAt: new Date(this.clock.now().getTime() + LOOK_AGAIN_MS),
      });
    }
    return connection;
  }

  /** Writes what the call brought. @throws Failure with the provider's code; `connection.deleting`, `connection.not_found` when it was deleted meanwhile */
  async conclude(
    { connection: { id }, fence }: Claim,
    result: Result<Observation, ProviderFailure>,
    origin: Origin,
    options: Pick<ApplyOptions, 'facts'> = {},
  ): Promise<Connection> {
    if (result.ok) {
      const { connection } = await this.lifecycle.apply(id, result.value, origin, { ...options, fence });
      if (connection.state === 'deleted') throw new Failure('connection.not_found');
      if (connection.state === 'deleting') throw new Failure('connection.deleting');
      return connection;
    }
    const { failure } = result;
    if (failure.observation) {
      await this.lifecycle.apply(id, failure.observation, origin, { fence, evidence: evidenceOf(failure) });
    } else if (failure.mayHaveHappened) {
      await this.work.watchSoon(id, new Date(this.clock.now().getTime() + LOOK_AGAIN_MS));
    }
    throw asFailure(failure);
  }
}
