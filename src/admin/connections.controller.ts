import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { RequireScope } from '../access/require-scope.decorator.js';
import { Etagged } from '../cache/cached-read.decorator.js';
import { Invalidates } from '../cache/invalidates.decorator.js';
import { connectionTag } from '../cache/keys.js';
import { UuidPipe } from '../platform/errors/uuid.pipe.js';
import { ApiProblems } from '../platform/openapi/api-problems.decorator.js';
import { Clock } from '../platform/time/clock.js';
import { ConnectionDossier } from './connection-dossier.js';
import { ConnectionOrders } from './connection-orders.js';
import { ConnectionSearchRepository } from './connection-search.repository.js';
import {
  AdminConnectionDetailResponse,
  AdminConnectionPageResponse,
  PurgeRequest,
  PurgeResponse,
} from './connections.dto.js';
import { SearchConnectionsQuery } from './search-connections.query.js';

@ApiTags('admin')
@Controller('admin/connections')
export class AdminConnectionsController {
  constructor(
    private readonly search: ConnectionSearchRepository,
    private readonly dossier: ConnectionDossier,
    private readonly orders: ConnectionOrders,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireScope('admin')
  @ApiOperation({ summary: 'Search all connections', description: 'Newest first. No provider is asked.' })
  @ApiResponse({ status: 200, type: AdminConnectionPageResponse })
  @ApiProblems('request.invalid', 'request.invalid_cursor')
  async list(@Query() { limit, cursor, ...search }: SearchConnectionsQuery): Promise<AdminConnectionPageResponse> {
    const { data, nextCursor } = await this.search.page(search, limit, cursor, this.clock.now());
    return { data: data.map((connection) => this.dossier.summary(connection)), nextCursor };
  }

  @Get(':id')
  @RequireScope('admin')
  @Etagged()
  @ApiOperation({ summary: 'Everything of a connection', description: 'Without asking the provider.' })
  @ApiResponse({ status: 200, type: AdminConnectionDetailResponse })
  @ApiProblems('request.invalid', 'connection.not_found')
  async get(@Param('id', UuidPipe) id: string): Promise<AdminConnectionDetailResponse> {
    return this.dossier.of(id);
  }

  @Post(':id/refresh')
  @RequireScope('admin')
  @HttpCode(202)
  @Invalidates(({ params }) => [connectionTag(params.id)])
  @ApiOperation({ summary: 'Refresh a connection without its user', description: 'Within the quota.' })
  @ApiResponse({ status: 202, type: AdminConnectionDetailResponse })
  @ApiProblems('request.invalid', 'connection.not_found', 'connection.not_refreshable', 'capability_unsupported')
  @ApiProblems('quota.exhausted', 'provider.rate_limited', 'provider.unavailable', 'provider.timeout')
  @ApiProblems('credential.busy', 'provider.bad_response', 'provider.disabled')
  async refresh(
    @Param('id', UuidPipe) id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<AdminConnectionDetailResponse> {
    await this.orders.refresh(id, caller);
    return this.dossier.of(id);
  }

  @Post(':id/pause')
  @RequireScope('admin')
  @HttpCode(200)
  @Invalidates(({ params }) => [connectionTag(params.id)])
  @ApiOperation({ summary: 'Stop syncing a connection' })
  @ApiResponse({ status: 200, type: AdminConnectionDetailResponse })
  @ApiProblems('request.invalid', 'connection.not_found')
  async pause(
    @Param('id', UuidPipe) id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<AdminConnectionDetailResponse> {
    await this.orders.pause(id, true, caller);
    return this.dossier.of(id);
  }

  @Post(':id/resume')
  @RequireScope('admin')
  @HttpCode(200)
  @Invalidates(({ params }) => [connectionTag(params.id)])
  @ApiOperation({ summary: 'Sync a connection again' })
  @ApiResponse({ status: 200, type: AdminConnectionDetailResponse })
  @ApiProblems('request.invalid', 'connection.not_found')
  async resume(
    @Param('id', UuidPipe) id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<AdminConnectionDetailResponse> {
    await this.orders.pause(id, false, caller);
    return this.dossier.of(id);
  }

  @Post(':id/purge')
  @RequireScope('admin')
  @HttpCode(200)
  @Invalidates(({ params }) => [connectionTag(params.id)])
  @ApiOperation({
    summary: 'Delete a connection, also when its provider does not',
    description: 'The provider is asked first. Repeating it gives the same receipt.',
  })
  @ApiResponse({ status: 200, type: PurgeResponse })
  @ApiProblems('request.invalid', 'connection.not_found')
  async purge(
    @Param('id', UuidPipe) id: string,
    @Body() { confirm }: PurgeRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<PurgeResponse> {
    return this.orders.purge(id, confirm, caller);
  }
}
