import { Controller, Get, Header, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { UuidPipe } from '../../platform/errors/uuid.pipe.js';
import { RequireScope } from '../../access/require-scope.decorator.js';
import { ApiProblems } from '../../platform/openapi/api-problems.decorator.js';
import { AnswerChallenge } from '../answer-challenge.js';
import { ExplainConnection } from '../explain-connection.js';
import { ReadConnections } from '../read-connections.js';
import { PageQuery } from '../../platform/pagination/page.query.js';
import { EventPageResponse, toEventResponse } from './event.response.js';
import { ExplanationResponse, toExplanationResponse } from './explanation.response.js';

/** What a connection went through, and the picture of its open challenge. Never cached. */
@ApiTags('connections')
@ApiProblems('request.invalid', 'connection.not_found')
@Controller('v1/connections/:id')
export class ConnectionStoryController {
  constructor(
    private readonly read: ReadConnections,
    private readonly explanation: ExplainConnection,
    private readonly challenge: AnswerChallenge,
  ) {}

  @Get('events')
  @RequireScope('credentials:read')
  @ApiOperation({ summary: 'The history of a connection, oldest first' })
  @ApiResponse({ status: 200, type: EventPageResponse })
  @ApiProblems('request.invalid_cursor')
  async events(@Param('id', UuidPipe) id: string, @Query() { limit, cursor }: PageQuery): Promise<EventPageResponse> {
    const { data, nextCursor } = await this.read.history(id, limit, cursor);
    return { data: data.map(toEventResponse), nextCursor };
  }

  @Get('explain')
  @RequireScope('credentials:read')
  @ApiOperation({ summary: 'What happened, on what evidence, and what comes next' })
  @ApiResponse({ status: 200, type: ExplanationResponse })
  async explain(@Param('id', UuidPipe) id: string): Promise<ExplanationResponse> {
    return toExplanationResponse(await this.explanation.run(id));
  }

  @Get('qr')
  @RequireScope('credentials:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The code that the user must scan now' })
  @ApiResponse({ status: 200, content: { 'image/png': { schema: { type: 'string', format: 'binary' } } } })
  @ApiProblems('challenge.no_picture', 'capability_unsupported')
  @ApiProblems('provider.unavailable', 'provider.timeout', 'provider.bad_response')
  async qr(@Param('id', UuidPipe) id: string, @Res() reply: FastifyReply): Promise<void> {
    const { png } = await this.challenge.picture(id);
    await reply.type('image/png').send(Buffer.from(png));
  }
}
