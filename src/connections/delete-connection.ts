import { Injectable, Logger } from '@nestjs/common';

import type { Observation } from '../credentials/observation.js';
import { Clock } from '../platform/time/clock.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import { credentialRefOf } from './credential-ref.js';
import type { Connection } from './domain/connection.js';
import type { Origin } from './origin.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { ConnectionWorkRepository } from './persistence/connection-work.repository.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { evidenceOf } from './provider-evidence.js';
import { ReadConnections } from './read-connections.js';

const AGAIN_MS = 30_000;

/** Deletes upstream first, then here. What cannot be deleted upstream now stays `deleting` and is tried again. */
@Injectable()
export class DeleteConnection {
  private readonly log = new Logger(DeleteConnection.name);

  constructor(
    private readonly read: ReadConnections,
    private readonly connections: ConnectionRepository,
    private readonly work: ConnectionWorkRepository,
    private readonly providers: ProviderAccess,
    private readonly lifecycle: ConnectionLifecycle,
    private readonly clock: Clock,
  ) {}

  /** @returns true when it is done, false when it goes on later. @throws Failure `connection.not_found` */
  async run(id: string, origin: Origin): Promise<boolean> {
    await this.read.stored(id);
    const { connection } = await this.lifecycle.apply(id, { state: 'deleting' }, origin);
    return this.finish(connection, origin);
  }

  /** All connections of a user. @returns how many go on later. */
  async runForUser(userId: string, origin: Origin): Promise<number> {
    let unfinished = 0;
    for (const id of await this.connections.idsOfUser(userId)) {
      if (!(await this.run(id, origin))) unfinished += 1;
    }
    return unfinished;
  }

  /** The second half, also for a deletion that a crash cut short. */
  async finish(connection: Connection, origin: Origin): Promise<boolean> {
    if (connection.state === 'deleted') return true;
    const { credentials } = this.providers.provider(connection.provider);
    const result = await credentials.delete(credentialRefOf(connection), this.providers.call());
    if (result.ok) {
      const note = result.value.alreadyGone ? 'already gone at the provider' : 'deleted at the provider';
      await this.lifecycle.apply(connection.id, GONE, origin, { evidence: { note } });
      return true;
    }
    const evidence = evidenceOf(result.failure);
    this.log.warn(
      { connectionId: connection.id, provider: connection.provider, ...evidence },
      'deletion goes on later',
    );
    const again = result.failure.retryAt ?? new Date(this.clock.now().getTime() + AGAIN_MS);
    await this.work.postponeWatch(connection, again);
    return false;
  }
}

const GONE: Observation = { state: 'deleted', cause: 'none', providerStatus: 'DELETED', providerStatusAt: null };
