import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, LessThan } from 'typeorm';

import { Failure } from '../../platform/errors/failure.js';
import { decodeCursor, isUuid, toPage, type Page } from '../../platform/pagination/cursor.js';
import type { Client } from '../client.js';
import { secretHash, type PresentedKey } from '../key.js';
import type { Scope } from '../scope.js';
import { ClientEntity } from './client.entity.js';
import { ClientKeyEntity } from './client-key.entity.js';

/** Clients and the hashes of their keys. */
@Injectable()
export class ClientRepository {
  constructor(private readonly database: DataSource) {}

  /** @throws Failure `client.not_found` */
  async get(id: string): Promise<Client> {
    const row = await this.database.manager.findOneBy(ClientEntity, { id });
    if (!row) throw new Failure('client.not_found', { detail: 'There is no client with this id.' });
    return toClient(row);
  }

  /** @returns null when there is no such client, or it is revoked. */
  async liveScopes(id: string): Promise<readonly Scope[] | null> {
    const row = await this.database.manager.findOneBy(ClientEntity, { id, revokedAt: IsNull() });
    return row?.scopes ?? null;
  }

  /** Newest first, revoked ones too. @throws Failure `request.invalid_cursor` */
  async page(limit: number, cursor?: string): Promise<Page<Client>> {
    const rows = await this.database.manager.find(ClientEntity, {
      ...(cursor === undefined ? {} : { where: { id: LessThan(decodeCursor(cursor, isUuid)) } }),
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return toPage(rows, limit, ({ id }) => id, toClient);
  }

  async isEmpty(manager: EntityManager): Promise<boolean> {
    return !(await manager.exists(ClientEntity));
  }

  /** @returns false when a client with this id exists; then nothing is written. */
  async insert(manager: EntityManager, client: Client, key: PresentedKey): Promise<boolean> {
    const insert = manager.createQueryBuilder().insert().into(ClientEntity);
    const result = await insert
      .values({ ...client, scopes: [...client.scopes] })
      .orIgnore()
      .returning('id')
      .execute();
    if ((result.raw as unknown[]).length === 0) return false;
    await manager.insert(ClientKeyEntity, {
      keyId: key.keyId,
      clientId: client.id,
      secretHash: secretHash(key.secret),
      createdAt: client.createdAt,
      revokedAt: null,
    });
    return true;
  }

  /** Locks all live clients that may administer, so that two at once cannot remove each other. */
  async lockAdmins(manager: EntityManager): Promise<readonly Client[]> {
    const rows = await manager
      .createQueryBuilder(ClientEntity, 'client')
      .where(`client.revokedAt IS NULL AND 'admin' = ANY(client.scopes)`)
      .orderBy('client.id')
      .setLock('pessimistic_write')
      .getMany();
    return rows.map(toClient);
  }

  /** @returns false when it was revoked before. */
  async revoke(manager: EntityManager, id: string, at: Date): Promise<boolean> {
    const result = await manager.update(ClientEntity, { id, revokedAt: IsNull() }, { revokedAt: at });
    await manager.update(ClientKeyEntity, { clientId: id, revokedAt: IsNull() }, { revokedAt: at });
    return result.affected === 1;
  }
}

function toClient({ id, name, scopes, createdAt, createdBy, revokedAt }: ClientEntity): Client {
  return { id, name, scopes, createdAt, createdBy, revokedAt };
}
