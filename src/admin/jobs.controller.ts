import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';

import { actorOf, type Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { RequireScope } from '../access/require-scope.decorator.js';
import { AuditLog } from '../audit/audit-log.js';
import { ApiProblems } from '../platform/openapi/api-problems.decorator.js';
import { DeadLetters } from '../platform/queue/dead-letters.js';
import { QueueCountsReader } from '../platform/queue/queue-counts.js';
import {
  DeadLetterPageResponse,
  DeadLettersQuery,
  QueuesResponse,
  RedriveRequest,
  RedriveResponse,
  toDeadLetterResponse,
} from './jobs.dto.js';

@ApiTags('admin')
@Controller('admin/jobs')
export class JobsController {
  constructor(
    private readonly counts: QueueCountsReader,
    private readonly letters: DeadLetters,
    private readonly database: DataSource,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  @RequireScope('admin')
  @ApiOperation({ summary: 'List the queues', description: 'With the jobs in each, as they are now.' })
  @ApiResponse({ status: 200, type: QueuesResponse })
  async queues(): Promise<QueuesResponse> {
    return { data: await this.counts.all() };
  }

  @Get('dead')
  @RequireScope('admin')
  @ApiOperation({
    summary: 'List jobs that failed for good',
    description: 'Newest first. They are kept for two weeks.',
  })
  @ApiResponse({ status: 200, type: DeadLetterPageResponse })
  @ApiProblems('request.invalid', 'request.invalid_cursor', 'queue.not_found')
  async dead(@Query() query: DeadLettersQuery): Promise<DeadLetterPageResponse> {
    const { data, nextCursor } = await this.letters.page(query);
    return { data: data.map(toDeadLetterResponse), nextCursor };
  }

  @Post('dead/redrive')
  @RequireScope('admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give dead jobs back to their queues', description: 'Oldest first.' })
  @ApiResponse({ status: 200, type: RedriveResponse })
  @ApiProblems('request.invalid', 'queue.not_found')
  async redrive(@Body() request: RedriveRequest, @CurrentCaller() caller: Caller): Promise<RedriveResponse> {
    return this.database.transaction(async (manager) => {
      const moved = await this.letters.redrive(request, manager);
      const subject = `queue:${request.queue ?? 'all'}`;
      const entry = { actor: actorOf(caller), action: 'jobs.redriven', subject, detail: { moved } };
      await this.audit.record(entry, manager);
      return { moved };
    });
  }
}
