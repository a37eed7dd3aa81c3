import { Injectable } from '@nestjs/common';

import { DeleteConnection } from './delete-connection.js';
import { ObserveConnection } from './observe-connection.js';
import type { Origin } from './origin.js';
import { ConnectionRepository } from './persistence/connection.repository.js';

const WATCHER: Origin = { trigger: 'system', actor: 'watcher', requestId: null };

/** Follows one connection that moves by itself: a dialogue or a load to its end, a retry at its time, a deletion until done. */
@Injectable()
export class WatchConnection {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly observe: ObserveConnection,
    private readonly deletion: DeleteConnection,
  ) {}

  async run(id: string): Promise<void> {
    const connection = await this.connections.find(id);
    if (!connection) return;
    if (connection.state === 'deleting') await this.deletion.finish(connection, WATCHER);
    else await this.observe.run(connection, WATCHER);
  }
}
