import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import type { Caller } from '../../../access/caller.js';
import { CurrentCaller } from '../../../access/current-caller.decorator.js';
import { RequireScope } from '../../../access/require-scope.decorator.js';
import { Etagged } from '../../../cache/cached-read.decorator.js';
import { UuidPipe } from '../../../platform/errors/uuid.pipe.js';
import { ApiProblems } from '../../../platform/openapi/api-problems.decorator.js';
import { ownerOf } from '../domain/owner.js';
import { DeliveryRepository } from '../persistence/delivery.repository.js';
import { ReplayDeliveries } from '../replay-deliveries.js';
import { ListDeliveriesQuery, ReplayRequest } from './webhook.requests.js';
import {
  ReplayResponse,
  toDeliveryDetail,
  toDeliveryResponse,
  WebhookDeliveryDetailResponse,
  WebhookDeliveryPageResponse,
} from './webhook.responses.js';

@ApiTags('webhooks')
@ApiProblems('request.invalid')
@Controller('v1')
export class WebhookDeliveriesController {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly replays: ReplayDeliveries,
  ) {}

  @Get('webhook-deliveries')
  @RequireScope('webhooks:manage')
  @ApiOperation({ summary: 'List deliveries to your endpoints', description: 'Newest first.' })
  @ApiResponse({ status: 200, type: WebhookDeliveryPageResponse })
  @ApiProblems('request.invalid_cursor')
  async list(
    @Query() { limit, cursor, ...filter }: ListDeliveriesQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<WebhookDeliveryPageResponse> {
    const { data, nextCursor } = await this.deliveries.page(ownerOf(caller), filter, limit, cursor);
    return { data: data.map(toDeliveryResponse), nextCursor };
  }

  @Get('webhook-deliveries/:id')
  @RequireScope('webhooks:manage')
  @Etagged()
  @ApiOperation({ summary: 'Read a delivery with its attempts' })
  @ApiResponse({ status: 200, type: WebhookDeliveryDetailResponse })
  @ApiProblems('webhook_delivery.not_found')
  async get(
    @Param('id', UuidPipe) id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<WebhookDeliveryDetailResponse> {
    return toDeliveryDetail(await this.deliveries.get(id, ownerOf(caller)));
  }

  @Post('webhook-deliveries/:id/replay')
  @RequireScope('webhooks:manage')
  @HttpCode(202)
  @ApiOperation({ summary: 'Send a delivery again', description: 'With the same `webhook-id`.' })
  @ApiResponse({ status: 202, type: WebhookDeliveryDetailResponse })
  @ApiProblems('webhook_delivery.not_found')
  async replay(
    @Param('id', UuidPipe) id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<WebhookDeliveryDetailResponse> {
    return toDeliveryDetail(await this.replays.one(id, caller));
  }

  @Post('webhook-endpoints/:id/replay')
  @RequireScope('webhooks:manage')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Send events of a time again',
    description:
      'What the endpoint wants of the last 30 days, 10000 events in one go, oldest first, with the same ids.',
  })
  @ApiResponse({ status: 202, type: ReplayResponse })
  @ApiProblems('webhook_endpoint.not_found')
  async replayRange(
    @Param('id', UuidPipe) id: string,
    @Body() { from, to }: ReplayRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<ReplayResponse> {
    const range = { from: new Date(from), to: to === undefined ? undefined : new Date(to) };
    const { replayed, nextFrom } = await this.replays.range(id, range, caller);
    return { replayed, nextFrom: nextFrom?.toISOString() ?? null };
  }
}
