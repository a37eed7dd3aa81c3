import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '../platform/time/clock.js';
import { DeleteConnection } from './delete-connection.js';
import { ObserveConnection } from './observe-connection.js';
import type { Origin } from './origin.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { ConnectionWorkRepository } from './persistence/connection-work.repository.js';

const BATCH = 50;
const PARALLEL = 10;
/** Hides a claimed connection from other processes; longer than a call can take. */
const HOLD_MS = 40_000;

const WATCHER: Origin = { trigger: 'system', actor: 'watcher', requestId: null };

/** Follows what moves by itself: dialogues and loads to their end, retries at their time, deletions until done. */
@Injectable()
export class WatchConnections {
  private readonly log = new Logger(WatchConnections.name);

  constructor(
    private readonly work: ConnectionWorkRepository,
    private readonly connections: ConnectionRepository,
    private readonly observe: ObserveConnection,
    private readonly deletion: DeleteConnection,
    private readonly clock: Clock,
  ) {}

  /** @returns how many connections were due. */
  async run(): Promise<number> {
    const ids = await this.work.claimDueForWatch(this.clock.now(), BATCH, HOLD_MS);
    const queue = [...ids];
    const worker = async (): Promise<void> => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) await this.look(id);
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, ids.length) }, worker));
    return ids.length;
  }

  /** One connection's trouble never stops the others. */
  private async look(id: string): Promise<void> {
    try {
      const connection = await this.connections.find(id);
      if (!connection) return;
      if (connection.state === 'deleting') await this.deletion.finish(connection, WATCHER);
      else await this.observe.run(connection, WATCHER);
    } catch (error) {
      this.log.error({ connectionId: id, err: error }, 'watching failed');
    }
  }
}
