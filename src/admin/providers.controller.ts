import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';

import { actorOf, type Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { RequireScope } from '../access/require-scope.decorator.js';
import { AuditLog } from '../audit/audit-log.js';
import { Failure } from '../platform/errors/failure.js';
import { ApiProblems } from '../platform/openapi/api-problems.decorator.js';
import { ProviderPace } from '../platform/pacing/provider-pace.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { ProviderReport } from './provider-report.js';
import { AdminProviderListResponse, AdminProviderResponse, ChangeProviderRequest } from './providers.dto.js';

@ApiTags('admin')
@Controller('admin/providers')
export class AdminProvidersController {
  constructor(
    private readonly providers: ProviderAccess,
    private readonly report: ProviderReport,
    private readonly pace: ProviderPace,
    private readonly database: DataSource,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  @RequireScope('admin')
  @ApiOperation({
    summary: 'How the providers are doing',
    description: 'Circuit, calls and latency are those of the process that answers; the rest holds for all.',
  })
  @ApiResponse({ status: 200, type: AdminProviderListResponse })
  async list(): Promise<AdminProviderListResponse> {
    return { data: await this.report.all(), nextCursor: null };
  }

  @Post(':id')
  @RequireScope('admin')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Switch a provider off or on',
    description: 'In every process within a second. Connections keep their state.',
  })
  @ApiResponse({ status: 200, type: AdminProviderResponse })
  @ApiProblems('request.invalid', 'provider.unknown')
  async change(
    @Param('id') id: string,
    @Body() { enabled }: ChangeProviderRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<AdminProviderResponse> {
    const provider = this.providers.provider(id);
    await this.database.transaction(async (manager) => {
      const action = enabled ? 'provider.enabled' : 'provider.disabled';
      await this.audit.record({ actor: actorOf(caller), action, subject: `provider:${provider.id}` }, manager);
      await this.pace.setEnabled(provider.id, enabled, manager);
    });
    this.pace.forget();
    const [changed] = await this.report.of([provider.id]);
    if (!changed) throw new Failure('provider.unknown');
    return changed;
  }
}
