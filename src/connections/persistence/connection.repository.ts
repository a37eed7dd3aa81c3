import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull } from 'typeorm';

import type { ProviderId } from '../../credentials/provider-id.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { isUniqueViolation } from '../../platform/database/database-errors.js';
import type { Connection } from '../domain/connection.js';
import type { QuietFacts } from '../domain/quiet.js';
import { READING_GAP_MS } from '../domain/watch-schedule.js';
import { ConnectionCreationEntity } from './connection-creation.entity.js';
import { ConnectionEntity } from './connection.entity.js';
import { ConnectionMapper } from './connection.mapper.js';
import { FormerCredentialEntity } from './former-credential.entity.js';

/** One turn of a connection. */
export interface Turn {
  readonly id: string;
  /** As it stands in the record while the plan holds. */
  readonly plannedFor: Date;
  readonly now: Date;
  /** Data must be newer for a reading to be enough; `null` = any age. */
  readonly freshSince: Date | null;
}

export interface FoundForSync {
  readonly connection: Connection;
  /** Nobody else reads the provider for this connection now. */
  readonly isReadingClaimed: boolean;
}

/** Connection records, one at a time. Deleted ones are not found. Writing state is the lifecycle's alone. */
@Injectable()
export class ConnectionRepository {
  private columns: string | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly mapper: ConnectionMapper,
  ) {}

  async find(id: string): Promise<Connection | null> {
    return this.findWhere('id = $1', id);
  }

  /** As `find`, and where a reading is what its turn comes to, it is claimed in the same statement. */
  async findForSync({ id, plannedFor, now, freshSince }: Turn): Promise<FoundForSync | null> {
    const [row] = await this.database.query<(ConnectionEntity & { isReadingClaimed: boolean })[]>(
      `WITH claimed AS (
         UPDATE connections SET observed_at = $2
          WHERE id = $1 AND deleted_at IS NULL AND state = 'active' AND sync_paused_at IS NULL AND next_sync_at = $3
            AND ($4::timestamptz IS NULL OR data_as_of > $4)
            AND (observed_at IS NULL OR observed_at <= $5 OR observed_at > $2)
          RETURNING 1)
       SELECT ${this.selected}, EXISTS (SELECT FROM claimed) AS "isReadingClaimed"
         FROM connections WHERE id = $1 AND deleted_at IS NULL`,
      [id, now, plannedFor, freshSince, new Date(now.getTime() - READING_GAP_MS)],
    );
    if (!row) return null;
    const { isReadingClaimed, ...entity } = row;
    return { connection: this.mapper.toConnection(entity), isReadingClaimed };
  }

  async findByCredential(provider: ProviderId, credentialId: SecretValue): Promise<Connection | null> {
    const credentialLookup = this.mapper.credentialLookup(provider, credentialId);
    return this.findWhere('provider = $1 AND credential_lookup = $2', provider, credentialLookup);
  }

  async findByFingerprint(fingerprint: string): Promise<Connection | null> {
    return this.findWhere('fingerprint = $1', fingerprint);
  }

  /** Makes a login this connection's own. @returns false when another connection or creation has it. */
  async takeLogin(id: string, fingerprint: string): Promise<boolean> {
    try {
      const [, count] = await this.database.query<[unknown[], number]>(
        `UPDATE connections SET fingerprint = $2 WHERE id = $1 AND deleted_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM connection_creations WHERE fingerprint = $2)`,
        [id, fingerprint],
      );
      return count === 1;
    } catch (error) {
      if (isUniqueViolation(error, 'connections_fingerprint_live')) return false;
      throw error;
    }
  }

  /** Undoes `takeLogin`. */
  async giveLoginBack(id: string, taken: string | null, before: string | null): Promise<void> {
    await this.database.query(`UPDATE connections SET fingerprint = $3 WHERE id = $1 AND fingerprint = $2`, [
      id,
      taken,
      before,
    ]);
  }

  async idsOfUser(userId: string): Promise<string[]> {
    const rows = await this.database.manager.find(ConnectionEntity, {
      select: { id: true },
      where: { userId, deletedAt: IsNull() },
    });
    return rows.map((row) => row.id);
  }

  /**
   * Takes from the records of a deleted user what names the person.
   * @returns false when there is a live one, one that is being created, or a credential that a provider still has.
   */
  async anonymise(manager: EntityManager, userId: string): Promise<boolean> {
    // A creation under way ends as a connection, or recovery finds out that it left nothing.
    if (await manager.existsBy(ConnectionCreationEntity, { userId })) return false;
    if (await manager.existsBy(ConnectionEntity, { userId, deletedAt: IsNull() })) return false;
    if (await manager.existsBy(FormerCredentialEntity, { userId })) return false;
    await manager.update(ConnectionEntity, { userId }, { externalUserId: `deleted:${userId}`, reference: null });
    return true;
  }

  /** Locks the row until the transaction ends. Finds deleted ones too, so that what comes late can be refused. */
  async lock(manager: EntityManager, id: string): Promise<Connection | null> {
    const row = await manager.findOne(ConnectionEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    return row && this.mapper.toConnection(row);
  }

  async insert(manager: EntityManager, connection: Connection): Promise<void> {
    await manager.insert(ConnectionEntity, this.mapper.toRow(connection));
  }

  /** The row must be locked. */
  async update(manager: EntityManager, connection: Connection): Promise<Connection> {
    const next = { ...connection, version: connection.version + 1 };
    await manager.update(ConnectionEntity, { id: connection.id }, this.mapper.toChanges(next));
    return next;
  }

  /**
   * Brings times up to date. Whoever has claimed the connection since it was read may have said when to look at it;
   * that is not put off. @returns false when the record was written since it was read
   */
  async touch(known: Pick<Connection, 'id' | 'version' | 'fence'>, facts: QuietFacts): Promise<boolean> {
    const { id, version, fence } = known;
    const [, count] = await this.database.query<[unknown[], number]>(
      `UPDATE connections SET provider_status_at = $3, last_success_at = $4, next_sync_at = $5,
          next_watch_at = CASE WHEN fence = $7 THEN $6::timestamptz ELSE least(next_watch_at, $6) END
        WHERE id = $1 AND version = $2 AND deleted_at IS NULL`,
      [id, version, facts.providerStatusAt, facts.lastSuccessAt, facts.nextSyncAt, facts.nextWatchAt, fence],
    );
    return count === 1;
  }

  /** Every column under the name of its property, as the entity declares them. */
  private get selected(): string {
    this.columns ??= this.database
      .getMetadata(ConnectionEntity)
      .columns.map(({ databaseName, propertyName }) => `"${databaseName}" AS "${propertyName}"`)
      .join(', ');
    return this.columns;
  }

  /** The most frequent queries, so their text is plain: building it costs TypeORM more than PostgreSQL takes. */
  private async findWhere(condition: string, ...parameters: readonly string[]): Promise<Connection | null> {
    const sql = `SELECT ${this.selected} FROM connections WHERE ${condition} AND deleted_at IS NULL`;
    const [row] = await this.database.query<ConnectionEntity[]>(sql, [...parameters]);
    return row ? this.mapper.toConnection(row) : null;
  }
}
