import { Injectable } from '@nestjs/common';

import type { Connection } from '../connections/domain/connection.js';
import { ObserveConnection } from '../connections/observe-connection.js';
import type { Origin } from '../connections/origin.js';
import { ConnectionRepository } from '../connections/persistence/connection.repository.js';
import { Clock } from '../platform/time/clock.js';
import { OrphanRepository } from './persistence/orphan.repository.js';
import { stopsSweep } from './upstream-credentials.js';

const RECONCILER: Origin = { trigger: 'system', actor: 'reconcile', requestId: null };

/** A connection that its provider did not list is read: only the provider's word about it counts. */
@Injectable()
export class CheckMissed {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly observe: ObserveConnection,
    private readonly orphans: OrphanRepository,
    private readonly clock: Clock,
  ) {}

  /** @returns `stop` when the provider cannot be asked about the others either. */
  async run(id: string): Promise<'reported' | 'sound' | 'stop'> {
    const connection = await this.connections.find(id);
    if (!connection) return 'sound';
    const { connection: after, failure } = await this.observe.look(connection, RECONCILER);
    if (failure && stopsSweep(failure)) return 'stop';
    if (!isUnknownThere(after)) return 'sound';
    await this.orphans.addLocal(after, this.clock.now());
    return 'reported';
  }
}

/** As `ObserveConnection` writes it down. */
export function isUnknownThere({ state, providerStatus }: Connection): boolean {
  return state === 'failed' && providerStatus === 'NOT_FOUND';
}
