import { Body, Controller, Get, Header, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { UuidPipe } from '../../platform/errors/uuid.pipe.js';
import { actorOf, type Caller } from '../../access/caller.js';
import { CurrentCaller } from '../../access/current-caller.decorator.js';
import { RequireScope } from '../../access/require-scope.decorator.js';
import { Etagged } from '../../cache/cached-read.decorator.js';
import { Failure } from '../../platform/errors/failure.js';
import { ApiProblems } from '../../platform/openapi/api-problems.decorator.js';
import { CreateLinkSession } from '../create-link-session.js';
import { LinkSessionRepository } from '../persistence/link-session.repository.js';
import {
  CreatedLinkSessionResponse,
  CreateLinkSessionRequest,
  LinkSessionResponse,
  toCreatedLinkSessionResponse,
  toLinkSessionResponse,
} from './link-session.dto.js';

@ApiTags('link sessions')
@ApiProblems('request.invalid')
@Controller('v1/link-sessions')
export class LinkSessionsController {
  constructor(
    private readonly creation: CreateLinkSession,
    private readonly sessions: LinkSessionRepository,
  ) {}

  @Post()
  @RequireScope('credentials:write')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: "Begin a user's visit at the provider's page", description: 'Single use, thirty minutes.' })
  @ApiResponse({ status: 201, type: CreatedLinkSessionResponse })
  @ApiProblems('user.not_found', 'user.deleting', 'connection.not_found', 'connection.deleting', 'connection.busy')
  @ApiProblems('provider.unknown', 'capability_unsupported', 'link.other_provider')
  @ApiProblems('provider.unavailable', 'provider.timeout', 'provider.bad_response', 'provider.misconfigured')
  async create(
    @Body() body: CreateLinkSessionRequest,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedLinkSessionResponse> {
    const { session, url } = await this.creation.run(body, actorOf(caller));
    reply.header('location', `/v1/link-sessions/${session.id}`);
    return toCreatedLinkSessionResponse(session, url.reveal('to send the user there'));
  }

  @Get(':id')
  @RequireScope('credentials:read')
  @Etagged()
  @ApiOperation({ summary: 'How a visit stands' })
  @ApiResponse({ status: 200, type: LinkSessionResponse })
  @ApiProblems('link.unknown')
  async get(@Param('id', UuidPipe) id: string): Promise<LinkSessionResponse> {
    const session = await this.sessions.find(id);
    if (!session) throw new Failure('link.unknown', { detail: 'There is no link session with this id.' });
    return toLinkSessionResponse(session);
  }
}
