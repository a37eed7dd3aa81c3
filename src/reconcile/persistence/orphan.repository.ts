import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, LessThan, Not } from 'typeorm';

import type { Connection } from '../../connections/domain/connection.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { SealedSecret } from '../../platform/crypto/sealed-secret.js';
import type { SealAddress } from '../../platform/crypto/sealed.js';
import { Sealer } from '../../platform/crypto/sealer.js';
import { Failure } from '../../platform/errors/failure.js';
import { Ids } from '../../platform/ids/ids.js';
import { decodeCursor, isUuid, toPage, type Page } from '../../platform/pagination/cursor.js';
import type { Orphan, OrphanKind, ShownStatus } from '../orphan.js';
import { OrphanEntity } from './orphan.entity.js';

export interface OrphanCount {
  readonly provider: string;
  readonly kind: OrphanKind;
  readonly count: number;
}

/** What was found, as operators see it and deal with it. */
@Injectable()
export class OrphanRepository {
  constructor(
    private readonly database: DataSource,
    private readonly sealer: Sealer,
    private readonly ids: Ids,
  ) {}

  /** Newest first. @throws Failure `request.invalid_cursor` */
  async page(status: ShownStatus, limit: number, cursor?: string): Promise<Page<Orphan>> {
    const rows = await this.database.manager.find(OrphanEntity, {
      where: { status, ...(cursor === undefined ? {} : { id: LessThan(decodeCursor(cursor, isUuid)) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return toPage(rows, limit, ({ id }) => id, toOrphan);
  }

  /** @throws Failure `orphan.not_found` */
  async get(id: string): Promise<Orphan & { readonly credentialId: SecretValue | null }> {
    const row = await this.database.manager.findOneBy(OrphanEntity, { id });
    if (!row || row.status === 'suspected') {
      throw new Failure('orphan.not_found', { detail: 'There is no orphan with this id.' });
    }
    const sealed = row.credentialSealed;
    return { ...toOrphan(row), credentialId: sealed && new SealedSecret(this.sealer, sealed, credentialAddress(id)) };
  }

  /** @returns false when somebody else was faster. */
  async resolve(id: string, status: 'deleted' | 'ignored', by: string, at: Date): Promise<boolean> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `UPDATE orphans SET status = $2, resolved_by = $3, resolved_at = $4,
          credential_sealed = CASE WHEN $2 = 'ignored' THEN credential_sealed END
        WHERE id = $1 AND status IN ('open', 'ignored')`,
      [id, status, by, at],
    );
    return count === 1;
  }

  /** A connection whose credential the provider says it has not. */
  async addLocal(connection: Pick<Connection, 'id' | 'userId' | 'provider'>, at: Date): Promise<void> {
    const { id: connectionId, userId, provider } = connection;
    await this.database.query(
      `INSERT INTO orphans (id, provider, kind, status, user_id, connection_id, first_seen_at, last_seen_at, reported_at)
       VALUES ($1, $2, 'local', 'open', $3, $4, $5, $5, $5)
       ON CONFLICT (connection_id) WHERE kind = 'local' DO UPDATE SET status = 'open', last_seen_at = excluded.last_seen_at,
         reported_at = excluded.reported_at, resolved_at = NULL, resolved_by = NULL`,
      [this.ids.next(), provider, userId, connectionId, at],
    );
  }

  /** The provider has them again, or they were deleted here. */
  async closeLocal(provider: string, at: Date): Promise<void> {
    await this.database.query(
      `UPDATE orphans AS o SET status = 'gone', resolved_at = $2, resolved_by = 'reconcile'
         FROM connections AS c
        WHERE o.connection_id = c.id AND o.provider = $1 AND o.kind = 'local' AND o.status IN ('open', 'ignored')
          AND (c.deleted_at IS NOT NULL OR EXISTS (SELECT 1 FROM reconcile_sightings s
            WHERE s.connection_id = c.id AND s.seen_at > o.last_seen_at))`,
      [provider, at],
    );
  }

  /** What providers have of a user without a connection, also when it is only suspected or is ignored. */
  async lockUpstreamOf(
    manager: EntityManager,
    userId: string,
  ): Promise<{ readonly provider: string; readonly credentialId: SecretValue }[]> {
    const rows = await manager.find(OrphanEntity, {
      where: { userId, kind: 'upstream', credentialSealed: Not(IsNull()) },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    return rows.flatMap(({ id, provider, credentialSealed: sealed }) =>
      sealed ? [{ provider, credentialId: new SealedSecret(this.sealer, sealed, credentialAddress(id)) }] : [],
    );
  }

  /** Somebody else deletes them from now on. The rows must be locked. */
  async closeUpstreamOf(manager: EntityManager, userId: string, at: Date): Promise<void> {
    const suspected = { userId, kind: 'upstream', status: 'suspected' } as const;
    await manager.delete(OrphanEntity, suspected);
    await manager.query(
      `UPDATE orphans SET status = 'deleted', resolved_by = 'eraser', resolved_at = $2, credential_sealed = NULL
        WHERE user_id = $1 AND kind = 'upstream' AND status IN ('open', 'ignored')`,
      [userId, at],
    );
  }

  async openCounts(): Promise<OrphanCount[]> {
    return this.database.query<OrphanCount[]>(
      `SELECT provider, kind, count(*)::int AS count FROM orphans WHERE status = 'open' GROUP BY provider, kind`,
    );
  }
}

export function credentialAddress(row: string): SealAddress {
  return { table: 'orphans', row, field: 'credential_sealed' };
}

function toOrphan({ credentialSealed: _sealed, credentialLookup: _lookup, ...orphan }: OrphanEntity): Orphan {
  return orphan;
}
