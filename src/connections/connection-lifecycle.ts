import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { connectionTag, userTag } from '../cache/keys.js';
import { TaggedCache } from '../cache/tagged-cache.js';
import type { Observation } from '../credentials/observation.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { holdUser } from '../users/persistence/hold-user.js';
import { ConnectionChanges } from './connection-changes.js';
import {
  hasChangedHands,
  isSameCredential,
  refuseTaken,
  succeeded,
  successionEvent,
  type Successor,
} from './credential-successor.js';
import type { Connection } from './domain/connection.js';
import type { Evidence, NewConnectionEvent } from './domain/connection-event.js';
import { decide, planned, type Decision, type DeletionStarted, type RefusalReason } from './domain/decide.js';
import { isQuiet } from './domain/quiet.js';
import { settle } from './domain/settle.js';
import type { Origin } from './origin.js';
import { ProviderTraitsReader } from './provider-traits.js';
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
  /** The record from which a plain reading began. With it, a reading without news costs one statement. */
  readonly known?: Connection;
  /** Facts that the use case knows better than the provider, e.g. the fingerprint of a new login. */
  readonly facts?: Pick<Connection, 'fingerprint'>;
  /** The observation is of another credential, which takes the place of the one that is there. */
  readonly successor?: Successor;
  /** Written with the change, after the row is locked. A rejection undoes the change. */
  readonly inSameTransaction?: (manager: EntityManager) => Promise<void>;
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
    private readonly changes: ConnectionChanges,
    private readonly cache: TaggedCache,
    private readonly traits: ProviderTraitsReader,
    private readonly clock: Clock,
  ) {}

  /**
   * The first row and the first event of a connection.
   * @throws Failure `user.not_found` when the user was deleted; its credential goes at the provider then
   */
  async begin(
    connection: Connection,
    origin: Origin,
    inSameTransaction: (manager: EntityManager) => Promise<void>,
  ): Promise<void> {
    const event = firstEvent(connection, origin);
    await this.database
      .transaction(async (manager) => {
        await holdUser(manager, connection.userId);
        await inSameTransaction(manager);
        await this.connections.insert(manager, connection);
        await this.changes.record(manager, { before: null, after: connection, event });
      })
      .catch(async (error: unknown) => {
        if (error instanceof Failure && error.code === 'user.not_found') await this.strandNew(connection);
        throw error;
      });
    await this.tellCache(connection);
    this.log.log({ connectionId: connection.id, to: connection.state, cause: connection.cause }, 'connection created');
  }

  /** @throws Failure `connection.not_found`, `connection.duplicate` when another connection has the credential or login */
  async apply(
    id: string,
    observation: Observation | DeletionStarted,
    origin: Origin,
    options: ApplyOptions = {},
  ): Promise<Applied> {
    const quiet = options.known && (await this.applyQuietly(options.known, observation, origin, options));
    if (quiet) return { connection: quiet, refused: null };
    const applied = await this.database
      .transaction(async (manager) => this.write(manager, id, observation, origin, options))
      .catch(refuseTaken);
    await this.report(applied, origin);
    return { connection: applied.connection, refused: applied.refused };
  }

  private async write(
    manager: EntityManager,
    id: string,
    observation: Observation | DeletionStarted,
    origin: Origin,
    options: ApplyOptions,
  ): Promise<Applied & { readonly before: Connection }> {
    const { successor, facts, known = successor?.replaces, evidence } = options;
    const found = await this.connections.lock(manager, id);
    if (!found) throw new Failure('connection.not_found');
    if (known && hasChangedHands(known, found)) {
      await this.strand(manager, { ...found, provider: known.provider }, observation);
      return { before: found, connection: found, refused: 'overtaken' };
    }
    const begin = successor ? succeeded(found, successor, this.clock.now()) : { ...found, ...facts };
    const decision = this.decide(begin, observation, origin, options);
    if (decision.kind === 'refuse') {
      if (found.state === 'deleted') await this.strand(manager, found, observation);
      return { before: found, connection: found, refused: decision.reason };
    }
    await options.inSameTransaction?.(manager);
    const before = successor ? found : begin;
    const connection = await this.connections.update(manager, decision.next);
    const event = successor ? successionEvent(found, decision.next, origin, evidence) : decision.event;
    await this.changes.record(manager, { before, after: connection, event });
    return { before, connection, refused: null };
  }

  /** The error of before says more than one that comes of this. */
  private async strandNew({ id, userId, provider, credentialId }: Connection): Promise<void> {
    if (!credentialId) return;
    const stranded = { connectionId: null, userId, provider, credentialId };
    await this.changes.strand(this.database.manager, stranded).catch((error: unknown) => {
      const facts = { connectionId: id, provider, err: error };
      this.log.error(facts, 'the credential of a deleted user is left at the provider');
    });
  }

  /** What nobody will read again, as the connection no longer has the credential, is not forgotten. */
  private async strand(
    manager: EntityManager,
    { id: connectionId, userId, provider, credentialId: own }: Connection,
    observation: Observation | DeletionStarted,
  ): Promise<void> {
    const credentialId = observation.state === 'deleting' ? undefined : observation.credentialId;
    if (!credentialId || isSameCredential(own, credentialId)) return;
    await this.changes.strand(manager, { connectionId, userId, provider, credentialId });
  }

  /** Without a lock: the version tells whether somebody wrote meanwhile. @returns `null` when there is news, or they did */
  private async applyQuietly(
    known: Connection,
    observation: Observation | DeletionStarted,
    origin: Origin,
    options: ApplyOptions,
  ): Promise<Connection | null> {
    const decision = this.decide(known, observation, origin, options);
    if (decision.kind === 'refuse' || decision.event || !isQuiet(known, decision.next)) return null;
    const { providerStatusAt, lastSuccessAt, nextSyncAt, nextWatchAt } = decision.next;
    const facts = { providerStatusAt, lastSuccessAt, nextSyncAt, nextWatchAt };
    if (!(await this.connections.touch(known, facts))) return null;
    await this.tellCache(known);
    return { ...known, ...facts };
  }

  /** Pausing is not a state; it goes through the same lock so that it cannot be lost. */
  async setPaused(id: string, paused: boolean): Promise<Connection> {
    const connection = await this.database.transaction(async (manager) => {
      const found = await this.connections.lock(manager, id);
      if (!found || found.deletedAt) throw new Failure('connection.not_found');
      if ((found.syncPausedAt !== null) === paused) return found;
      const now = this.clock.now();
      const next = { ...found, syncPausedAt: paused ? now : null, updatedAt: now };
      const { rhythm } = this.traits.of(found.provider);
      return this.connections.update(manager, found.state === 'active' ? planned(next, { rhythm, now }) : next);
    });
    await this.tellCache(connection);
    return connection;
  }

  private decide(
    connection: Connection,
    observation: Observation | DeletionStarted,
    origin: Origin,
    { fence, readAt, evidence }: ApplyOptions,
  ): Decision {
    const now = this.clock.now();
    const { renewBeforeExpiry, rhythm, settleWithinMs } = this.traits.of(connection.provider);
    const settled =
      observation.state === 'deleting' || settleWithinMs === null
        ? observation
        : settle(connection, observation, now, settleWithinMs);
    return decide(connection, settled, {
      ...origin,
      ...{ now, renewBeforeExpiry, rhythm },
      ...(fence !== undefined && { fence }),
      ...(readAt !== undefined && { readAt }),
      ...(evidence !== undefined && { evidence }),
    });
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
