import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { connectionTag, userTag } from '../cache/keys.js';
import { TaggedCache } from '../cache/tagged-cache.js';
import type { Observation } from '../credentials/observation.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { holdUser } from '../users/persistence/hold-user.js';
import type { Connection } from './domain/connection.js';
import type { Evidence, NewConnectionEvent } from './domain/connection-event.js';
import { decide, type DeletionStarted, type RefusalReason } from './domain/decide.js';
import { settle } from './domain/settle.js';
import type { Origin } from './origin.js';
import { ConnectionEventRepository } from './persistence/connection-event.repository.js';
import { ConnectionRepository } from './persistence/connection.repository.js';

export interface Applied {
  readonly connection: Connection;
  /** `null` = applied. */
  readonly refused: RefusalReason | null;
}

export interface ApplyOptions {
  /** The claim under which the provider was called. */
  readonly fence?: number;
  /** The version of the record from which a plain reading began. */
  readonly readAt?: number;
  readonly evidence?: Evidence;
  /** Facts that the use case knows better than the provider, e.g. the fingerprint of a new login. */
  readonly facts?: Pick<Connection, 'fingerprint'>;
}

/**
 * The one door for state. Row lock, decision, row and event in one transaction; the cache is told after the commit.
 * Nothing else writes a connection's state.
 */
@Injectable()
export class ConnectionLifecycle {
  private readonly log = new Logger(ConnectionLifecycle.name);

  constructor(
    private readonly database: DataSource,
    private readonly connections: ConnectionRepository,
    private readonly events: ConnectionEventRepository,
    private readonly cache: TaggedCache,
    private readonly registry: ProviderRegistry,
    private readonly clock: Clock,
  ) {}

  /** The first row and the first event of a connection. @throws Failure `user.not_found` when the user was deleted */
  async begin(
    connection: Connection,
    origin: Origin,
    inSameTransaction: (manager: EntityManager) => Promise<void>,
  ): Promise<void> {
    const event = firstEvent(connection, origin);
    await this.database.transaction(async (manager) => {
      await holdUser(manager, connection.userId);
      await inSameTransaction(manager);
      await this.connections.insert(manager, connection);
      await this.events.append(manager, connection.id, event);
    });
    await this.tellCache(connection);
    this.log.log({ connectionId: connection.id, to: connection.state, cause: connection.cause }, 'connection created');
  }

  /** @throws Failure `connection.not_found` */
  async apply(
    id: string,
    observation: Observation | DeletionStarted,
    origin: Origin,
    options: ApplyOptions = {},
  ): Promise<Applied> {
    const applied = await this.database.transaction(async (manager) => {
      const found = await this.connections.lock(manager, id);
      if (!found) throw new Failure('connection.not_found');
      const before = { ...found, ...options.facts };
      const decision = decide(before, this.settled(before, observation), {
        ...origin,
        ...this.context(before),
        ...options,
      });
      if (decision.kind === 'refuse') return { before, connection: found, refused: decision.reason };
      const connection = await this.connections.update(manager, decision.next);
      if (decision.event) await this.events.append(manager, id, decision.event);
      return { before, connection, refused: null };
    });
    await this.report(applied, origin);
    return { connection: applied.connection, refused: applied.refused };
  }

  /** Pausing is not a state; it goes through the same lock so that it cannot be lost. */
  async setPaused(id: string, paused: boolean): Promise<Connection> {
    const connection = await this.database.transaction(async (manager) => {
      const found = await this.connections.lock(manager, id);
      if (!found || found.deletedAt) throw new Failure('connection.not_found');
      if ((found.syncPausedAt !== null) === paused) return found;
      const now = this.clock.now();
      return this.connections.update(manager, { ...found, syncPausedAt: paused ? now : null, updatedAt: now });
    });
    await this.tellCache(connection);
    return connection;
  }

  private context(connection: Connection) {
    const capabilities = this.registry.get(connection.provider)?.credentials.capabilities;
    return { now: this.clock.now(), renewBeforeExpiry: capabilities?.renewBeforeExpiry ?? false };
  }

  private settled(connection: Connection, observation: Observation | DeletionStarted): Observation | DeletionStarted {
    const limits = this.registry.get(connection.provider)?.credentials.capabilities.limits;
    if (observation.state === 'deleting' || !limits) return observation;
    return settle(connection, observation, this.clock.now(), limits.settleWithinMs);
  }

  private async report(applied: Applied & { readonly before: Connection }, origin: Origin): Promise<void> {
    const { before, connection, refused } = applied;
    const facts = { connectionId: connection.id, provider: connection.provider, trigger: origin.trigger };
    if (refused) {
      this.log.debug({ ...facts, state: connection.state, reason: refused }, 'observation refused');
      return;
    }
    await this.tellCache(connection);
    if (before.state === connection.state && before.cause === connection.cause) return;
    this.log.log({ ...facts, from: before.state, to: connection.state, cause: connection.cause }, 'connection changed');
  }

  private async tellCache(connection: Connection): Promise<void> {
    await this.cache.invalidate([connectionTag(connection.id), userTag(connection.userId)]);
  }
}

function firstEvent(connection: Connection, origin: Origin): NewConnectionEvent {
  return {
    at: connection.createdAt,
    providerAt: connection.providerStatusAt,
    from: null,
    to: connection.state,
    cause: connection.cause,
    ...origin,
    evidence: { providerStatus: connection.providerStatus },
  };
}
