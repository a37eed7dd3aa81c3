import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type FindOptionsWhere, IsNull, LessThan, Not } from 'typeorm';

import type { SecretValue } from '../../../credentials/secret-value.js';
import type { Sealed } from '../../../platform/crypto/sealed.js';
import { SealedSecret } from '../../../platform/crypto/sealed-secret.js';
import { Sealer } from '../../../platform/crypto/sealer.js';
import { Failure } from '../../../platform/errors/failure.js';
import { decodeCursor, isUuid, toPage, type Page } from '../../../platform/pagination/cursor.js';
import type { WebhookEndpoint } from '../domain/endpoint.js';
import { WebhookEndpointEntity } from './webhook-endpoint.entity.js';

type SecretField = 'secret_sealed' | 'previous_secret_sealed';

/** All are joined by "and". */
export interface EndpointSearch {
  readonly owner?: string | undefined;
  readonly clientId?: string | undefined;
  readonly enabled?: boolean | undefined;
}

/** Endpoints with their sealed secrets. Whoever reads for a caller names the owner. */
@Injectable()
export class EndpointRepository {
  constructor(
    private readonly database: DataSource,
    private readonly sealer: Sealer,
  ) {}

  /** @throws Failure `webhook_endpoint.not_found`, also for somebody else's endpoint */
  async get(id: string, owner: string): Promise<WebhookEndpoint> {
    return found(await this.database.manager.findOneBy(WebhookEndpointEntity, { id, owner }), (row) =>
      this.toEndpoint(row),
    );
  }

  /** Whoever owns it. */
  async find(id: string): Promise<WebhookEndpoint | null> {
    const row = await this.database.manager.findOneBy(WebhookEndpointEntity, { id });
    return row && this.toEndpoint(row);
  }

  /** Reads and keeps others from writing it. @throws Failure `webhook_endpoint.not_found` */
  async lock(manager: EntityManager, id: string, owner: string): Promise<WebhookEndpoint> {
    const query = manager
      .createQueryBuilder(WebhookEndpointEntity, 'endpoint')
      .where({ id, owner })
      .setLock('for_no_key_update');
    return found(await query.getOne(), (row) => this.toEndpoint(row));
  }

  /** Newest first. @throws Failure `request.invalid_cursor` */
  async page(owner: string, limit: number, cursor?: string): Promise<Page<WebhookEndpoint>> {
    return this.pageOf({ owner }, limit, cursor);
  }

  /** Whoever owns them, newest first. @throws Failure `request.invalid_cursor` */
  async search(search: EndpointSearch, limit: number, cursor?: string): Promise<Page<WebhookEndpoint>> {
    const { owner, clientId, enabled } = search;
    const where = {
      ...(owner === undefined ? {} : { owner }),
      ...(clientId === undefined ? {} : { clientId }),
      ...(enabled === undefined ? {} : { disabledAt: enabled ? IsNull() : Not(IsNull()) }),
    };
    return this.pageOf(where, limit, cursor);
  }

  /** Nobody else counts those of this owner before the transaction ends: of two that fill the last place, one waits. */
  async countAlone(manager: EntityManager, owner: string): Promise<number> {
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('webhook_endpoints ' || $1, 0))`, [owner]);
    return manager.countBy(WebhookEndpointEntity, { owner });
  }

  async insert(manager: EntityManager, endpoint: WebhookEndpoint): Promise<void> {
    await manager.insert(WebhookEndpointEntity, this.toRow(endpoint));
  }

  async update(manager: EntityManager, endpoint: WebhookEndpoint): Promise<void> {
    const { id, ...columns } = this.toRow(endpoint);
    await manager.update(WebhookEndpointEntity, { id }, columns);
  }

  /** With its deliveries. */
  async remove(manager: EntityManager, id: string): Promise<void> {
    await manager.delete(WebhookEndpointEntity, { id });
  }

  private async pageOf(
    where: FindOptionsWhere<WebhookEndpointEntity>,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<WebhookEndpoint>> {
    const rows = await this.database.manager.find(WebhookEndpointEntity, {
      where: { ...where, ...(cursor === undefined ? {} : { id: LessThan(decodeCursor(cursor, isUuid)) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return toPage(
      rows,
      limit,
      ({ id }) => id,
      (row) => this.toEndpoint(row),
    );
  }

  private toEndpoint(row: WebhookEndpointEntity): WebhookEndpoint {
    const { secretSealed, previousSecretSealed, previousSecretUntil: until, ...plain } = row;
    const secret = (field: SecretField, sealed: Sealed): SecretValue =>
      new SealedSecret(this.sealer, sealed, addressOf(plain.id, field));
    const previous =
      previousSecretSealed && until ? { secret: secret('previous_secret_sealed', previousSecretSealed), until } : null;
    return { ...plain, secrets: { current: secret('secret_sealed', secretSealed), previous } };
  }

  private toRow({ secrets: { current, previous }, ...plain }: WebhookEndpoint): WebhookEndpointEntity {
    const sealed = (field: SecretField, secret: SecretValue): Sealed =>
      this.sealer.seal(secret, addressOf(plain.id, field));
    return {
      ...plain,
      events: [...plain.events],
      secretSealed: sealed('secret_sealed', current),
      previousSecretSealed: previous && sealed('previous_secret_sealed', previous.secret),
      previousSecretUntil: previous?.until ?? null,
    };
  }
}

function addressOf(row: string, field: SecretField): { table: string; row: string; field: string } {
  return { table: 'webhook_endpoints', row, field };
}

function found<Row, T>(row: Row | null, map: (row: Row) => T): T {
  if (!row) throw new Failure('webhook_endpoint.not_found', { detail: 'You have no webhook endpoint with this id.' });
  return map(row);
}
