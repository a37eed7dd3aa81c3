import { Injectable } from '@nestjs/common';

import type { Connection } from '../connections/domain/connection.js';
import { ConnectionRepository } from '../connections/persistence/connection.repository.js';
import { Failure } from '../platform/errors/failure.js';
import type { Page } from '../platform/pagination/cursor.js';
import { AccountDataListRepository, type TransactionFilter } from './persistence/account-data-list.repository.js';
import type { AccountEntity } from './persistence/account.entity.js';
import { DataReadingRepository } from './persistence/data-reading.repository.js';
import type { HoldingEntity } from './persistence/holding.entity.js';
import type { TransactionEntity } from './persistence/transaction.entity.js';

/** How old the data is, and what is missing in it. */
export interface DataAge {
  /** The vendor's time. */
  readonly asOf: Date | null;
  /** When all of it was last read; `null` = never. */
  readonly loadedAt: Date | null;
  readonly degradedGroups: readonly string[];
}

export interface AgedPage<T> extends Page<T> {
  readonly age: DataAge;
}

/** Everything that is shown of account data. Readable in every state of the connection but `deleted`. */
@Injectable()
export class ReadAccountData {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly readings: DataReadingRepository,
    private readonly lists: AccountDataListRepository,
  ) {}

  /** @throws Failure `connection.not_found` */
  async accounts(connectionId: string, limit: number, cursor?: string): Promise<AgedPage<AccountEntity>> {
    return this.aged(connectionId, async () => this.lists.accounts(connectionId, limit, cursor));
  }

  /** @throws Failure `connection.not_found` */
  async holdings(connectionId: string, limit: number, cursor?: string): Promise<AgedPage<HoldingEntity>> {
    return this.aged(connectionId, async () => this.lists.holdings(connectionId, limit, cursor));
  }

  /** Newest first. @throws Failure `connection.not_found`, `account.not_found` */
  async transactions(
    connectionId: string,
    filter: TransactionFilter,
    limit: number,
    cursor?: string,
  ): Promise<AgedPage<TransactionEntity>> {
    return this.aged(connectionId, async () => {
      const { accountId } = filter;
      if (accountId !== undefined && !(await this.lists.hasAccount(connectionId, accountId))) {
        throw new Failure('account.not_found', { detail: 'This connection has no account with this id.' });
      }
      return this.lists.transactions(connectionId, filter, limit, cursor);
    });
  }

  /** @throws Failure `connection.not_found` */
  async connection(id: string): Promise<Connection> {
    const connection = await this.connections.find(id);
    if (!connection) throw new Failure('connection.not_found', { detail: 'There is no connection with this id.' });
    return connection;
  }

  private async aged<T>(connectionId: string, list: () => Promise<Page<T>>): Promise<AgedPage<T>> {
    const { degradedGroups } = await this.connection(connectionId);
    const reading = await this.readings.find(connectionId);
    const age = {
      asOf: reading?.asOf ?? null,
      loadedAt: reading?.loadedAt ?? null,
      degradedGroups: [...new Set([...degradedGroups, ...(reading?.missing ?? [])])].sort(),
    };
    return { ...(await list()), age };
  }
}
