import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, LessThan } from 'typeorm';

import type { ProviderId } from '../../credentials/provider-id.js';
import { Failure } from '../../platform/errors/failure.js';
import { decodeCursor, isUuid, toPage, type Page } from '../../platform/pagination/cursor.js';
import type { User } from '../user.js';
import { holdUser } from './hold-user.js';
import { ProviderUserEntity } from './provider-user.entity.js';
import { UserEntity } from './user.entity.js';

/** Users that are not deleted, and the providers that know them. */
@Injectable()
export class UserRepository {
  constructor(private readonly database: DataSource) {}

  /** @returns false when a live user has the same external id. */
  async insert(user: User): Promise<boolean> {
    const result = await this.database
      .createQueryBuilder()
      .insert()
      .into(UserEntity)
      .values({ ...user, deletionDueAt: null, deletedAt: null })
      .orIgnore()
      .returning('id')
      .execute();
    return (result.raw as unknown[]).length === 1;
  }

  async find(id: string): Promise<User | null> {
    const row = await this.database.manager.findOneBy(UserEntity, { id, deletedAt: IsNull() });
    return row && toUser(row);
  }

  async findByExternalId(externalUserId: string): Promise<User | null> {
    const row = await this.database.manager.findOneBy(UserEntity, { externalUserId, deletedAt: IsNull() });
    return row && toUser(row);
  }

  /** @throws Failure `user.not_found` */
  async get(id: string): Promise<User> {
    const user = await this.find(id);
    if (!user) throw new Failure('user.not_found', { detail: 'There is no user with this id.' });
    return user;
  }

  /** Newest first. */
  async page(limit: number, cursor?: string): Promise<Page<User>> {
    const after = cursor === undefined ? {} : { id: LessThan(decodeCursor(cursor, isUuid)) };
    const rows = await this.database.manager.find(UserEntity, {
      where: { deletedAt: IsNull(), ...after },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return toPage(rows, limit, (row) => row.id, toUser);
  }

  /** @param manager of a transaction; otherwise it is written at once. */
  async requestDeletion(id: string, at: Date, dueAt: Date, manager = this.database.manager): Promise<void> {
    await manager.query(
      `UPDATE users SET deletion_requested_at = coalesce(deletion_requested_at, $2), deletion_due_at = $3
        WHERE id = $1 AND deleted_at IS NULL`,
      [id, at, dueAt],
    );
  }

  /** Takes users whose deletion is due again, and hides them from other processes until `holdUntil`. */
  async claimDeletions(now: Date, holdUntil: Date, limit: number): Promise<string[]> {
    const [rows] = await this.database.query<[{ id: string }[], number]>(
      `UPDATE users SET deletion_due_at = $2
        WHERE id IN (SELECT id FROM users WHERE deletion_due_at <= $1
                      ORDER BY deletion_due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
        RETURNING id`,
      [now, holdUntil, limit],
    );
    return rows.map((row) => row.id);
  }

  /**
   * First in the transaction that buries: whoever is about to write something of the user has finished or never will.
   * @returns false when the user was buried before
   */
  async lock(manager: EntityManager, id: string): Promise<boolean> {
    const rows = await manager.query<{ live: boolean }[]>(
      `SELECT deleted_at IS NULL AS live FROM users WHERE id = $1 FOR UPDATE`,
      [id],
    );
    return rows[0]?.live === true;
  }

  /** Keeps the row for what refers to it, and nothing in it that names the person. */
  async bury(manager: EntityManager, id: string, at: Date): Promise<void> {
    const anonymous = { externalUserId: `deleted:${id}`, market: null, locale: null };
    await manager.update(UserEntity, { id }, { ...anonymous, deletionDueAt: null, deletedAt: at });
    await manager.delete(ProviderUserEntity, { userId: id });
  }

  async isKnownTo(provider: ProviderId, userId: string): Promise<boolean> {
    return this.database.manager.existsBy(ProviderUserEntity, { provider, userId, confirmed: true });
  }

  /** Also those that were only asked. */
  async providersOf(userId: string): Promise<string[]> {
    const rows = await this.database.manager.findBy(ProviderUserEntity, { userId });
    return rows.map((row) => row.provider);
  }

  /** Before a provider is told of the user. @throws Failure `user.not_found`, `user.deleting` */
  async beginProvider(provider: ProviderId, userId: string, at: Date): Promise<void> {
    await this.database.transaction(async (manager) => {
      await holdUser(manager, userId, 'begins');
      await manager
        .createQueryBuilder()
        .insert()
        .into(ProviderUserEntity)
        .values({ provider, userId, confirmed: false, createdAt: at })
        .orIgnore()
        .execute();
    });
  }

  async removeProvider(provider: string, userId: string): Promise<void> {
    await this.database.manager.delete(ProviderUserEntity, { provider, userId });
  }

  /** @returns false when the user was deleted meanwhile. */
  async confirmProvider(provider: ProviderId, userId: string): Promise<boolean> {
    const result = await this.database.manager.update(ProviderUserEntity, { provider, userId }, { confirmed: true });
    return result.affected === 1;
  }
}

function toUser(row: UserEntity): User {
  const { id, externalUserId, market, locale, createdAt, deletionRequestedAt } = row;
  return { id, externalUserId, market, locale, createdAt, deletionRequestedAt };
}
