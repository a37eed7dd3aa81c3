import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, MoreThan } from 'typeorm';

import { decodeCursor, toPage, type Page } from '../../platform/pagination/cursor.js';
import type { ConnectionEvent, NewConnectionEvent } from '../domain/connection-event.js';
import { ConnectionEventEntity } from './connection-event.entity.js';

/** The history of connections: only ever appended to. */
@Injectable()
export class ConnectionEventRepository {
  constructor(private readonly database: DataSource) {}

  /** The connection's row must be locked or new: that makes `seq` gapless. */
  async append(manager: EntityManager, connectionId: string, event: NewConnectionEvent): Promise<void> {
    const last = await manager.maximum(ConnectionEventEntity, 'seq', { connectionId });
    await manager.insert(ConnectionEventEntity, { ...event, connectionId, seq: (last ?? 0) + 1 });
  }

  /** Oldest first. */
  async page(connectionId: string, limit: number, cursor?: string): Promise<Page<ConnectionEvent>> {
    const after = cursor === undefined ? 0 : Number(decodeCursor(cursor, (key) => /^\d{1,9}$/.test(key)));
    const rows = await this.database.manager.find(ConnectionEventEntity, {
      where: { connectionId, seq: MoreThan(after) },
      order: { seq: 'ASC' },
      take: limit + 1,
    });
    return toPage(rows, limit, (row) => String(row.seq), toEvent);
  }

  /** The newest `limit` events, oldest first. */
  async latest(connectionId: string, limit: number): Promise<ConnectionEvent[]> {
    const rows = await this.database.manager.find(ConnectionEventEntity, {
      where: { connectionId },
      order: { seq: 'DESC' },
      take: limit,
    });
    return rows.reverse().map(toEvent);
  }
}

function toEvent({ connectionId: _id, ...event }: ConnectionEventEntity): ConnectionEvent {
  return event;
}
