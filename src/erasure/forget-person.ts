import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { ConnectionRepository } from '../connections/persistence/connection.repository.js';
import { LinkSessionRepository } from '../link-sessions/persistence/link-session.repository.js';
import { UserTraces } from '../users/user-traces.js';
import { UnfinishedRepository, type Unfinished } from './persistence/unfinished.repository.js';

export interface Forgotten {
  /** Rows by room. */
  readonly traces: Readonly<Record<string, number>>;
  /** What was ended though a credential may be left. */
  readonly unfinished: readonly Unfinished[];
}

/** Takes from every room what names a person. The user's row must be locked. */
@Injectable()
export class ForgetPerson {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly linkSessions: LinkSessionRepository,
    private readonly unfinished: UnfinishedRepository,
    private readonly traces: UserTraces,
  ) {}

  /**
   * @param waits for visits, creations and former credentials; otherwise they are ended.
   * @returns `null` when something must go first: a connection, or what is waited for. What was written must be undone.
   */
  async run(manager: EntityManager, userId: string, { waits }: { waits: boolean }): Promise<Forgotten | null> {
    const unfinished = waits ? [] : await this.unfinished.end(manager, userId);
    if (await this.linkSessions.isVisiting(manager, userId)) return null;
    if (!(await this.connections.anonymise(manager, userId))) return null;
    await this.linkSessions.forgetUser(manager, userId);
    return { traces: await this.traces.forget(manager, userId), unfinished };
  }
}
