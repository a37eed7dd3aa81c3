import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { decodeCursor, isUuid, toPage, type Page } from '../../platform/pagination/cursor.js';
import { isDay } from '../domain/day.js';
import { AccountEntity } from './account.entity.js';
import { HoldingEntity } from './holding.entity.js';
import { TransactionEntity } from './transaction.entity.js';

export interface TransactionFilter {
  readonly accountId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly status?: 'booked' | 'pending' | undefined;
}

/** Sorted by day and id, both of which the cursor holds. */
const KEY_DAY_LENGTH = 10;

/** What is shown of a connection's data. */
@Injectable()
export class AccountDataListRepository {
  constructor(private readonly database: DataSource) {}

  async accounts(connectionId: string, limit: number, cursor?: string): Promise<Page<AccountEntity>> {
    return this.byId(AccountEntity, connectionId, limit, cursor);
  }

  async holdings(connectionId: string, limit: number, cursor?: string): Promise<Page<HoldingEntity>> {
    return this.byId(HoldingEntity, connectionId, limit, cursor);
  }

  async hasAccount(connectionId: string, id: string): Promise<boolean> {
    return this.database.manager.existsBy(AccountEntity, { connectionId, id });
  }

  /** Newest first. An account must be one of the connection's. @throws Failure `request.invalid_cursor` */
  async transactions(
    connectionId: string,
    { accountId, from, to, status }: TransactionFilter,
    limit: number,
    cursor?: string,
  ): Promise<Page<TransactionEntity>> {
    const query = this.database
      .createQueryBuilder(TransactionEntity, 't')
      // One of the two: each has an index that is in the order of the list.
      .where(accountId === undefined ? 't.connectionId = :connectionId' : 't.accountId = :accountId')
      .setParameters({ connectionId, accountId })
      .orderBy('t.day', 'DESC')
      .addOrderBy('t.id', 'DESC')
      .limit(limit + 1);
    if (from !== undefined) query.andWhere('t.day >= :from', { from });
    if (to !== undefined) query.andWhere('t.day <= :to', { to });
    if (status !== undefined) query.andWhere('t.status = :status', { status });
    if (cursor !== undefined) {
      const key = decodeCursor(cursor, isKey);
      const after = { afterDay: key.slice(0, KEY_DAY_LENGTH), afterId: key.slice(KEY_DAY_LENGTH + 1) };
      query.andWhere('(t.day, t.id) < (:afterDay, :afterId)', after);
    }
    return toPage(
      await query.getMany(),
      limit,
      ({ day, id }) => `${day} ${id}`,
      (row) => row,
    );
  }

  private async byId<Row extends { id: string; connectionId: string }>(
    entity: new () => Row,
    connectionId: string,
    limit: number,
    cursor?: string,
  ): Promise<Page<Row>> {
    const query = this.database
      .createQueryBuilder(entity, 'row')
      .where('row.connectionId = :connectionId', { connectionId })
      .orderBy('row.id', 'ASC')
      .limit(limit + 1);
    if (cursor !== undefined) query.andWhere('row.id > :after', { after: decodeCursor(cursor, isUuid) });
    return toPage(
      await query.getMany(),
      limit,
      ({ id }) => id,
      (row) => row,
    );
  }
}

function isKey(key: string): boolean {
  return isDay(key.slice(0, KEY_DAY_LENGTH)) && key[KEY_DAY_LENGTH] === ' ' && isUuid(key.slice(KEY_DAY_LENGTH + 1));
}
