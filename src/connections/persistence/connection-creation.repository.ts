import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull } from 'typeorm';

import { holdUser } from '../../users/persistence/hold-user.js';
import { ConnectionCreationEntity } from './connection-creation.entity.js';
import { ConnectionEntity } from './connection.entity.js';

export type Creation = Readonly<ConnectionCreationEntity>;

export type Reservation =
  | { readonly kind: 'reserved' }
  | { readonly kind: 'duplicate'; readonly connectionId: string }
  | { readonly kind: 'in_progress'; readonly until: Date };

/** Creations under way. One is written before the provider is called and removed with the connection's first row. */
@Injectable()
export class ConnectionCreationRepository {
  constructor(private readonly database: DataSource) {}

  /** Of two processes that reserve the same login at once, one gets it. @throws Failure `user.not_found`, `user.deleting` */
  async reserve(creation: Creation): Promise<Reservation> {
    return this.database.transaction(async (manager) => {
      await holdUser(manager, creation.userId, 'begins');
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(ConnectionCreationEntity)
        .values(creation)
        .orIgnore()
        .returning('id')
        .execute();
      if (creation.fingerprint === null) return { kind: 'reserved' };
      // After the insert: a creation that finished just before it is visible now.
      const { fingerprint } = creation;
      const live = await manager.findOneBy(ConnectionEntity, { fingerprint, deletedAt: IsNull() });
      if (live) {
        await manager.delete(ConnectionCreationEntity, { id: creation.id });
        return { kind: 'duplicate', connectionId: live.id };
      }
      if ((inserted.raw as unknown[]).length === 1) return { kind: 'reserved' };
      const other = await manager.findOneBy(ConnectionCreationEntity, { fingerprint });
      return { kind: 'in_progress', until: other?.recoverAt ?? creation.recoverAt };
    });
  }

  async remove(manager: EntityManager, id: string): Promise<boolean> {
    const result = await manager.delete(ConnectionCreationEntity, { id });
    return result.affected === 1;
  }

  async drop(id: string): Promise<void> {
    await this.remove(this.database.manager, id);
  }

  /** Takes creations whose process is taken for dead, and hides them from others for `holdMs`. */
  async claimOverdue(now: Date, limit: number, holdMs: number): Promise<Creation[]> {
    const [rows] = await this.database.query<[{ id: string }[], number]>(
      `UPDATE connection_creations SET recover_at = $2
        WHERE id IN (SELECT id FROM connection_creations WHERE recover_at <= $1
                      ORDER BY recover_at LIMIT $3 FOR UPDATE SKIP LOCKED)
        RETURNING id`,
      [now, new Date(now.getTime() + holdMs), limit],
    );
    if (rows.length === 0) return [];
    return this.database.manager.find(ConnectionCreationEntity, { where: rows.map(({ id }) => ({ id })) });
  }
}
