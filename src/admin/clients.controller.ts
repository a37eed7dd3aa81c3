import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { PageQuery } from '../platform/pagination/page.query.js';
import { UuidPipe } from '../platform/errors/uuid.pipe.js';
import { actorOf, type Caller } from '../access/caller.js';
import { CreateClient } from '../access/create-client.js';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { ClientRepository } from '../access/persistence/client.repository.js';
import { RequireScope } from '../access/require-scope.decorator.js';
import { RevokeClient } from '../access/revoke-client.js';
import { Etagged } from '../cache/cached-read.decorator.js';
import { ApiProblems } from '../platform/openapi/api-problems.decorator.js';
import {
  ClientPageResponse,
  ClientResponse,
  CreateClientRequest,
  CreatedClientResponse,
  toClientResponse,
} from './clients.dto.js';

@ApiTags('admin')
@Controller('admin/clients')
export class ClientsController {
  constructor(
    private readonly clients: ClientRepository,
    private readonly creation: CreateClient,
    private readonly revocation: RevokeClient,
  ) {}

  @Post()
  @RequireScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Create a client', description: 'The answer shows its key, once and never again.' })
  @ApiResponse({ status: 201, type: CreatedClientResponse })
  @ApiProblems('request.invalid')
  async create(
    @Body() request: CreateClientRequest,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedClientResponse> {
    const { client, key } = await this.creation.run(request, actorOf(caller));
    reply.header('location', `/admin/clients/${client.id}`);
    const { id, name, scopes, createdAt } = client;
    return { id, name, scopes, key: key.reveal('to hand it to its owner'), createdAt: createdAt.toISOString() };
  }

  @Get()
  @RequireScope('admin')
  @ApiOperation({ summary: 'List clients', description: 'Newest first, revoked ones too.' })
  @ApiResponse({ status: 200, type: ClientPageResponse })
  @ApiProblems('request.invalid', 'request.invalid_cursor')
  async list(@Query() { limit, cursor }: PageQuery): Promise<ClientPageResponse> {
    const { data, nextCursor } = await this.clients.page(limit, cursor);
    return { data: data.map(toClientResponse), nextCursor };
  }

  @Get(':id')
  @RequireScope('admin')
  @Etagged()
  @ApiOperation({ summary: 'Read a client' })
  @ApiResponse({ status: 200, type: ClientResponse })
  @ApiProblems('request.invalid', 'client.not_found')
  async get(@Param('id', UuidPipe) id: string): Promise<ClientResponse> {
    return toClientResponse(await this.clients.get(id));
  }

  @Delete(':id')
  @RequireScope('admin')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a client', description: 'Its key stops working at once. Repeating it is fine.' })
  @ApiResponse({ status: 204, description: 'Revoked.' })
  @ApiProblems('request.invalid', 'client.not_found', 'client.last_admin')
  async revoke(@Param('id', UuidPipe) id: string, @CurrentCaller() caller: Caller): Promise<void> {
    await this.revocation.run(id, actorOf(caller));
  }
}
