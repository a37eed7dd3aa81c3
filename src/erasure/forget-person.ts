import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { ConnectionRepository } from '../connections/persistence/connection.repository.js';
import { LinkSessionRepository } from '../link-sessions/persistence/link-session.repository.js';
import { UserTraces } from '../users/user-traces.js';

/** Takes from every room what names a person. The user's row must be locked. */
@Injectable()
export class ForgetPerson {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly linkSessions: LinkSessionRepository,
    private readonly traces: UserTraces,
  ) {}

  /** @returns rows by room; `null` when a creation became a connection meanwhile, or a visit can still become one. */
  async run(manager: EntityManager, userId: string): Promise<Readonly<Record<string, number>> | null> {
    if (await this.linkSessions.isVisiting(manager, userId)) return null;
    if (!(await this.connections.anonymise(manager, userId))) return null;
    await this.linkSessions.forgetUser(manager, userId);
    return this.traces.forget(manager, userId);
  }
}
