import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

import { Failure } from '../../../platform/errors/failure.js';
import { decodeCursor, toPage, type Page } from '../../../platform/pagination/cursor.js';
import type { Delivery, DeliveryStatus } from '../domain/delivery.js';
import { WebhookDeliveryEntity } from './delivery.entity.js';

export interface DeliveryFilter {
  readonly endpointId?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
}

const MOST_COUNTED = 100_000;
const NUMBER = /^\d{1,18}$/;

/** Deliveries as their owner sees them. */
@Injectable()
export class DeliveryRepository {
  constructor(private readonly database: DataSource) {}

  /** @throws Failure `webhook_delivery.not_found`, also for a delivery to somebody else's endpoint */
  async get(id: string, owner: string): Promise<Delivery> {
    const row = await this.ofOwner(owner).andWhere('d.id = :id', { id }).getOne();
    if (!row) throw new Failure('webhook_delivery.not_found', { detail: 'You have no delivery with this id.' });
    return toDelivery(row);
  }

  /** Newest first. @throws Failure `request.invalid_cursor` */
  async page(owner: string, filter: DeliveryFilter, limit: number, cursor?: string): Promise<Page<Delivery>> {
    const query = this.ofOwner(owner)
      .orderBy('d.number', 'DESC')
      .limit(limit + 1);
    const { endpointId, status } = filter;
    if (endpointId !== undefined) query.andWhere('d.endpointId = :endpointId', { endpointId });
    if (status !== undefined) query.andWhere('d.status = :status', { status });
    if (cursor !== undefined) {
      query.andWhere('d.number < :after', { after: decodeCursor(cursor, (key) => NUMBER.test(key)) });
    }
    return toPage(await query.getMany(), limit, ({ number }) => number, toDelivery);
  }

  /** Not those of switched-off endpoints: nothing goes on there. Counts to 100000: it runs whenever somebody asks. */
  async pending(): Promise<number> {
    const [row] = await this.database.query<{ pending: number }[]>(
      `SELECT count(*)::int AS pending FROM (
         SELECT 1 FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
          WHERE d.status = 'pending' AND e.disabled_at IS NULL LIMIT ${MOST_COUNTED}) AS waiting`,
    );
    return row?.pending ?? 0;
  }

  private ofOwner(owner: string): SelectQueryBuilder<WebhookDeliveryEntity> {
    return this.database
      .createQueryBuilder(WebhookDeliveryEntity, 'd')
      .innerJoin('d.endpoint', 'endpoint')
      .innerJoinAndSelect('d.event', 'event')
      .where('endpoint.owner = :owner', { owner });
  }
}

function toDelivery({ event, endpoint: _endpoint, number: _number, ...row }: WebhookDeliveryEntity): Delivery {
  return { ...row, type: event.type, userId: event.userId };
}
