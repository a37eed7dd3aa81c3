import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { decodeCursor, isUuid, toPage, type Page } from '../../platform/pagination/cursor.js';
import type { Connection } from '../domain/connection.js';
import { filterConnections, type ConnectionFilter } from './connection-filter.js';
import { ConnectionEntity } from './connection.entity.js';
import { ConnectionMapper } from './connection.mapper.js';

/** Lists of live connections, newest first. */
@Injectable()
export class ConnectionListRepository {
  constructor(
    private readonly database: DataSource,
    private readonly mapper: ConnectionMapper,
  ) {}

  async page(
    filter: ConnectionFilter,
    limit: number,
    cursor: string | undefined,
    now: Date,
  ): Promise<Page<Connection>> {
    const query = this.database
      .createQueryBuilder(ConnectionEntity, 'c')
      .where('c.deletedAt IS NULL')
      .orderBy('c.id', 'DESC')
      .limit(limit + 1);
    filterConnections(query, filter, now);
    if (cursor !== undefined) query.andWhere('c.id < :after', { after: decodeCursor(cursor, isUuid) });
    const rows = await query.getMany();
    return toPage(
      rows,
      limit,
      (row) => row.id,
      (row) => this.mapper.toConnection(row),
    );
  }
}
