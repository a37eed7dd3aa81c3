import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { RequireScope } from '../access/require-scope.decorator.js';
import { UuidPipe } from '../platform/errors/uuid.pipe.js';
import { ApiProblems } from '../platform/openapi/api-problems.decorator.js';
import { EndpointRepository } from '../webhooks/outbound/persistence/endpoint.repository.js';
import { SwitchEndpoint } from '../webhooks/outbound/switch-endpoint.js';
import {
  AdminWebhookEndpointPageResponse,
  AdminWebhookEndpointResponse,
  SearchWebhookEndpointsQuery,
  toAdminEndpointResponse,
} from './webhook-endpoints.dto.js';

@ApiTags('admin')
@Controller('admin/webhook-endpoints')
export class AdminWebhookEndpointsController {
  constructor(
    private readonly endpoints: EndpointRepository,
    private readonly switching: SwitchEndpoint,
  ) {}

  @Get()
  @RequireScope('admin')
  @ApiOperation({
    summary: 'List the webhook endpoints of everybody',
    description: 'Newest first. Of an address only its origin is shown: the rest may be a secret of its owner.',
  })
  @ApiResponse({ status: 200, type: AdminWebhookEndpointPageResponse })
  @ApiProblems('request.invalid', 'request.invalid_cursor')
  async list(@Query() query: SearchWebhookEndpointsQuery): Promise<AdminWebhookEndpointPageResponse> {
    const { limit, cursor, status, owner, clientId } = query;
    const enabled = status === undefined ? undefined : status === 'enabled';
    const { data, nextCursor } = await this.endpoints.search({ owner, clientId, enabled }, limit, cursor);
    return { data: data.map(toAdminEndpointResponse), nextCursor };
  }

  @Post(':id/disable')
  @RequireScope('admin')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Switch a webhook endpoint off',
    description: 'Its owner cannot switch it on again. Repeating it is fine.',
  })
  @ApiResponse({ status: 200, type: AdminWebhookEndpointResponse })
  @ApiProblems('request.invalid', 'webhook_endpoint.not_found')
  async disable(
    @Param('id', UuidPipe) id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<AdminWebhookEndpointResponse> {
    return toAdminEndpointResponse(await this.switching.run(id, false, caller));
  }

  @Post(':id/enable')
  @RequireScope('admin')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Switch a webhook endpoint on that an operator switched off',
    description: 'What waits for it is sent.',
  })
  @ApiResponse({ status: 200, type: AdminWebhookEndpointResponse })
  @ApiProblems('request.invalid', 'webhook_endpoint.not_found', 'webhook_endpoint.not_disabled_by_operator')
  async enable(
    @Param('id', UuidPipe) id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<AdminWebhookEndpointResponse> {
    return toAdminEndpointResponse(await this.switching.run(id, true, caller));
  }
}
