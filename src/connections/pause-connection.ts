import { Injectable } from '@nestjs/common';

import { AuditLog } from '../audit/audit-log.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import type { Connection } from './domain/connection.js';
import { ReadConnections } from './read-connections.js';

/**
 * Stops and restarts the syncing of a connection. Its state, consent and data stay as they are, so there is no event;
 * who did it stands in the audit log.
 */
@Injectable()
export class PauseConnection {
  constructor(
    private readonly read: ReadConnections,
    private readonly lifecycle: ConnectionLifecycle,
    private readonly audit: AuditLog,
  ) {}

  /** @throws Failure `connection.not_found` */
  async pause(id: string, actor: string): Promise<Connection> {
    return this.set(id, true, actor);
  }

  /** @throws Failure `connection.not_found` */
  async resume(id: string, actor: string): Promise<Connection> {
    return this.set(id, false, actor);
  }

  private async set(id: string, paused: boolean, actor: string): Promise<Connection> {
    await this.read.stored(id);
    const action = paused ? 'connection.paused' : 'connection.resumed';
    await this.audit.record({ actor, action, subject: `connection:${id}` });
    return this.lifecycle.setPaused(id, paused);
  }
}
