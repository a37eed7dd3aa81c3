import { Injectable } from '@nestjs/common';

import { Failure } from '../platform/errors/failure.js';
import type { Page } from '../platform/pagination/cursor.js';
import { Clock } from '../platform/time/clock.js';
import type { Connection } from './domain/connection.js';
import type { ConnectionEvent } from './domain/connection-event.js';
import { isMoving } from './domain/connection-state.js';
import { ObserveConnection } from './observe-connection.js';
import type { Origin } from './origin.js';
import { ConnectionEventRepository } from './persistence/connection-event.repository.js';
import type { ConnectionFilter } from './persistence/connection-filter.js';
import { ConnectionListRepository } from './persistence/connection-list.repository.js';
import { ConnectionRepository } from './persistence/connection.repository.js';

/** Everything that is read of connections. */
@Injectable()
export class ReadConnections {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly lists: ConnectionListRepository,
    private readonly events: ConnectionEventRepository,
    private readonly observe: ObserveConnection,
    private readonly clock: Clock,
  ) {}

  /** A moving connection is read at the provider first. @throws Failure `connection.not_found` */
  async one(id: string, origin: Origin): Promise<Connection> {
    const connection = await this.stored(id);
    return isMoving(connection.state) ? this.observe.run(connection, origin) : connection;
  }

  /** As the database has it. @throws Failure `connection.not_found` */
  async stored(id: string): Promise<Connection> {
    const connection = await this.connections.find(id);
    if (!connection) throw new Failure('connection.not_found', { detail: 'There is no connection with this id.' });
    return connection;
  }

  async list(filter: ConnectionFilter, limit: number, cursor?: string): Promise<Page<Connection>> {
    return this.lists.page(filter, limit, cursor, this.clock.now());
  }

  async history(id: string, limit: number, cursor?: string): Promise<Page<ConnectionEvent>> {
    await this.stored(id);
    return this.events.page(id, limit, cursor);
  }

  async latestEvents(id: string, limit: number): Promise<ConnectionEvent[]> {
    return this.events.latest(id, limit);
  }
}
