import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { decodeCursor, isUuid, toPage, type Page } from '../../platform/pagination/cursor.js';
import type { Connection } from '../domain/connection.js';
import type { ConnectionState } from '../domain/connection-state.js';
import { ConnectionEntity } from './connection.entity.js';
import { ConnectionMapper } from './connection.mapper.js';
import { NEEDS_ACTION } from './needs-action.js';

export interface ConnectionFilter {
  readonly userId?: string | undefined;
  readonly externalUserId?: string | undefined;
  readonly provider?: string | undefined;
  readonly institutionId?: string | undefined;
  readonly state?: ConnectionState | undefined;
  /** True: only those that wait for the user. */
  readonly needsAction?: boolean | undefined;
}

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
    const equal = { ...filter, needsAction: undefined };
    for (const [name, value] of Object.entries(equal)) {
      if (value !== undefined) query.andWhere(`c.${name} = :${name}`, { [name]: value });
    }
    if (filter.needsAction !== undefined) {
      query.andWhere(filter.needsAction ? NEEDS_ACTION : `NOT ${NEEDS_ACTION}`, { now });
    }
    if (cursor !== undefined) {
      query.andWhere('c.id < :after', { after: decodeCursor(cursor, isUuid) });
    }
    const rows = await query.getMany();
    return toPage(
      rows,
      limit,
      (row) => row.id,
      (row) => this.mapper.toConnection(row),
    );
  }
}
