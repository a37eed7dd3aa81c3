import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';

import { actorOf, type Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { RequireScope } from '../access/require-scope.decorator.js';
import { AuditLog } from '../audit/audit-log.js';
import { ApiProblems } from '../platform/openapi/api-problems.decorator.js';
import { PageQuery } from '../platform/pagination/page.query.js';
import { Clock } from '../platform/time/clock.js';
import { ScheduledTaskRepository } from '../sync/persistence/scheduled-task.repository.js';
import { ChangeTaskRequest, TaskPageResponse, TaskResponse, toTaskResponse } from './tasks.dto.js';

@ApiTags('admin')
@Controller('admin/tasks')
export class TasksController {
  constructor(
    private readonly tasks: ScheduledTaskRepository,
    private readonly database: DataSource,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireScope('admin')
  @ApiOperation({ summary: 'List the scheduled tasks', description: 'By name, with their last run.' })
  @ApiResponse({ status: 200, type: TaskPageResponse })
  @ApiProblems('request.invalid', 'request.invalid_cursor')
  async list(@Query() { limit, cursor }: PageQuery): Promise<TaskPageResponse> {
    const { data, nextCursor } = await this.tasks.page(limit, cursor);
    const now = this.clock.now();
    return { data: data.map((row) => toTaskResponse(row, now)), nextCursor };
  }

  @Patch(':name')
  @RequireScope('admin')
  @ApiOperation({ summary: 'Switch a task on or off, or change how often it runs' })
  @ApiResponse({ status: 200, type: TaskResponse })
  @ApiProblems('request.invalid', 'task.not_found')
  async change(
    @Param('name') name: string,
    @Body() { enabled, everyMs }: ChangeTaskRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<TaskResponse> {
    const detail = { ...(enabled === undefined ? {} : { enabled }), ...(everyMs === undefined ? {} : { everyMs }) };
    await this.database.transaction(async (manager) => {
      await this.tasks.change(manager, name, detail, this.clock.now());
      const entry = { actor: actorOf(caller), action: 'task.changed', subject: `task:${name}`, detail };
      await this.audit.record(entry, manager);
    });
    return toTaskResponse(await this.tasks.get(name), this.clock.now());
  }

  @Post(':name/run')
  @RequireScope('admin')
  @HttpCode(202)
  @ApiOperation({ summary: 'Run a task soon', description: 'Once, also when it is switched off.' })
  @ApiResponse({ status: 202, type: TaskResponse })
  @ApiProblems('task.not_found')
  async run(@Param('name') name: string, @CurrentCaller() caller: Caller): Promise<TaskResponse> {
    await this.database.transaction(async (manager) => {
      await this.tasks.requestRun(manager, name, this.clock.now());
      const entry = { actor: actorOf(caller), action: 'task.run_requested', subject: `task:${name}` };
      await this.audit.record(entry, manager);
    });
    return toTaskResponse(await this.tasks.get(name), this.clock.now());
  }
}
