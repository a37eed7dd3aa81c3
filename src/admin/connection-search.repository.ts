import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

import { FRESHNESS_MS } from '../connections/domain/clocks.js';
import type { Connection } from '../connections/domain/connection.js';
import { filterConnections, type ConnectionFilter } from '../connections/persistence/connection-filter.js';
import { ConnectionEntity } from '../connections/persistence/connection.entity.js';
import { ConnectionMapper } from '../connections/persistence/connection.mapper.js';
import { decodeCursor, isUuid, toPage, type Page } from '../platform/pagination/cursor.js';

export interface ConnectionSearch extends ConnectionFilter {
  /** An id: finds that one. */
  readonly q?: string | undefined;
  readonly cause?: string | undefined;
  readonly reference?: string | undefined;
  readonly paused?: boolean | undefined;
  readonly stale?: boolean | undefined;
}

export interface ConnectionWork {
  readonly observedAt: Date | null;
  readonly leaseUntil: Date | null;
  readonly leaseOwner: string | null;
}

export interface AttemptRow {
  readonly id: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly attended: boolean;
  readonly trigger: string;
  readonly reason: string;
  readonly outcome: string | null;
  readonly spent: boolean;
}

const STALE = 'coalesce(c.data_as_of < :staleBefore, false)';
const ATTEMPTS = 200;
const DAY_MS = 24 * 3_600_000;

/** Live connections of everybody, and what operators may know of one. */
@Injectable()
export class ConnectionSearchRepository {
  constructor(
    private readonly database: DataSource,
    private readonly mapper: ConnectionMapper,
  ) {}

  /** Newest first. Users, references, banks and unusual states are found by index, other filters on the way. */
  async page(
    search: ConnectionSearch,
    limit: number,
    cursor: string | undefined,
    now: Date,
  ): Promise<Page<Connection>> {
    const query = this.database
      .createQueryBuilder(ConnectionEntity, 'c')
      .where('c.deletedAt IS NULL')
      .orderBy('c.id', 'DESC')
      .limit(limit + 1);
    filterConnections(query, search, now);
    narrow(query, search, now);
    if (cursor !== undefined) query.andWhere('c.id < :after', { after: decodeCursor(cursor, isUuid) });
    const rows = await query.getMany();
    return toPage(
      rows,
      limit,
      (row) => row.id,
      (row) => this.mapper.toConnection(row),
    );
  }

  async work(id: string): Promise<ConnectionWork | null> {
    const [row] = await this.database.query<ConnectionWork[]>(
      `SELECT observed_at AS "observedAt", lease_until AS "leaseUntil", lease_owner AS "leaseOwner"
       FROM connections WHERE id = $1`,
      [id],
    );
    return row ?? null;
  }

  /** Of the last day, newest first. */
  async attempts(id: string, now: Date): Promise<readonly AttemptRow[]> {
    return this.database.query<AttemptRow[]>(
      `SELECT id, started_at AS "startedAt", finished_at AS "finishedAt", attended, trigger, reason, outcome, spent
       FROM refresh_attempts WHERE connection_id = $1 AND started_at > $2 ORDER BY started_at DESC, id DESC LIMIT $3`,
      [id, new Date(now.getTime() - DAY_MS), ATTEMPTS],
    );
  }
}

function narrow(query: SelectQueryBuilder<ConnectionEntity>, search: ConnectionSearch, now: Date): void {
  const { q, cause, reference, paused, stale } = search;
  if (q !== undefined) query.andWhere('c.id = :q', { q });
  if (cause !== undefined) query.andWhere('c.cause = :cause', { cause });
  if (reference !== undefined) query.andWhere('c.reference = :reference', { reference });
  if (paused !== undefined) query.andWhere(`c.sync_paused_at IS ${paused ? 'NOT ' : ''}NULL`);
  if (stale !== undefined) {
    const staleBefore = new Date(now.getTime() - FRESHNESS_MS);
    query.andWhere(stale ? STALE : `NOT ${STALE}`, { staleBefore });
  }
}
