import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { UuidPipe, uuidOf } from '../../platform/errors/uuid.pipe.js';
import { callerOf, type Caller } from '../../access/caller.js';
import { CurrentCaller } from '../../access/current-caller.decorator.js';
import { RequireScope } from '../../access/require-scope.decorator.js';
import { CachedRead } from '../../cache/cached-read.decorator.js';
import { connectionEntryKey, connectionTag } from '../../cache/keys.js';
import { ApiProblems } from '../../platform/openapi/api-problems.decorator.js';
import { CreateConnection } from '../create-connection.js';
import { DeleteConnection } from '../delete-connection.js';
import { isMoving } from '../domain/connection-state.js';
import { ReadConnections } from '../read-connections.js';
import { apiOrigin } from '../origin.js';
import { answersOf } from './answers.js';
import { CachedConnectionList } from './cached-connection-list.js';
import { ConnectionResponseMapper } from './connection-response.mapper.js';
import { CreateConnectionRequest, ListConnectionsQuery } from './connection.requests.js';
import { ConnectionPageResponse, ConnectionResponse } from './connection.response.js';
import { DeletionBegunResponse, RECEIPT_LOCATION } from './deletion.dto.js';

@ApiTags('connections')
@Controller('v1/connections')
export class ConnectionsController {
  constructor(
    private readonly read: ReadConnections,
    private readonly lists: CachedConnectionList,
    private readonly create: CreateConnection,
    private readonly deletion: DeleteConnection,
    private readonly mapper: ConnectionResponseMapper,
  ) {}

  @Get()
  @RequireScope('credentials:read')
  @ApiOperation({ summary: 'List connections', description: 'Newest first. A list never calls a provider.' })
  @ApiResponse({ status: 200, type: ConnectionPageResponse })
  @ApiProblems('request.invalid', 'request.invalid_cursor')
  async list(@Query() query: ListConnectionsQuery): Promise<ConnectionPageResponse> {
    return this.lists.page(query);
  }

  @Get(':id')
  @RequireScope('credentials:read')
  @CachedRead<{ id: string }, ConnectionResponse>({
    key: ({ params }) => connectionEntryKey(params.id),
    tags: ({ params }) => [connectionTag(params.id)],
    cacheable: ({ state }) => !isMoving(state.value) && state.value !== 'deleting',
  })
  @ApiOperation({
    summary: 'Read a connection',
    description: 'While it is moving, the provider is asked first, at most once a second; then nothing is cached.',
  })
  @ApiResponse({ status: 200, type: ConnectionResponse })
  @ApiProblems('request.invalid', 'connection.not_found')
  @ApiParam({ name: 'id' })
  // The hot path takes the request itself: parameters with pipes would cost a cached answer a tenth of its time.
  async get(@Req() request: FastifyRequest<{ Params: { id: string } }>): Promise<ConnectionResponse> {
    const id = uuidOf(request.params.id, 'id');
    return this.mapper.toResponse(await this.read.one(id, apiOrigin(callerOf(request))));
  }

  @Post()
  @RequireScope('credentials:write')
  @ApiOperation({ summary: 'Connect a bank with a login' })
  @ApiResponse({ status: 201, type: ConnectionResponse, headers: { Location: { schema: { type: 'string' } } } })
  @ApiProblems('request.invalid', 'user.not_found', 'provider.unknown', 'institution.unknown', 'capability_unsupported')
  @ApiProblems('connection.duplicate', 'connection.create_in_progress', 'connection.conflict', 'user.deleting')
  @ApiProblems('credential.invalid_input', 'credential.invalid_login', 'login.guarded', 'institution.disabled')
  @ApiProblems('provider.unavailable', 'provider.timeout', 'provider.rate_limited', 'provider.bad_response')
  async connect(
    @Body() body: CreateConnectionRequest,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConnectionResponse> {
    const { userId, provider, institutionId, fields, reference, redirectUrl: returnUrl } = body;
    const request = { userId, provider, institutionId, answers: answersOf(fields), reference, returnUrl };
    const connection = await this.create.run(request, apiOrigin(caller));
    reply.header('location', `/v1/connections/${connection.id}`);
    return this.mapper.toResponse(connection);
  }

  @Delete(':id')
  @RequireScope('credentials:write')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete a connection',
    description:
      'Upstream first. 202 when the provider cannot do it now: Mooring goes on by itself. Again: same receipt.',
  })
  @ApiResponse({ status: 204, description: 'Deleted.', headers: RECEIPT_LOCATION })
  @ApiResponse({ status: 202, description: 'Being deleted.', type: DeletionBegunResponse, headers: RECEIPT_LOCATION })
  @ApiProblems('request.invalid', 'connection.not_found')
  async remove(
    @Param('id', UuidPipe) id: string,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeletionBegunResponse | undefined> {
    const { receiptId, done } = await this.deletion.run(id, apiOrigin(caller));
    reply.header('location', `/v1/deletions/${receiptId}`);
    if (done) return undefined;
    reply.status(202);
    return { receipt: receiptId, status: 'pending' };
  }
}
