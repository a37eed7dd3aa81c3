import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { RequireScope } from '../access/require-scope.decorator.js';
import { apiOrigin, type Origin } from '../connections/origin.js';
import { UuidPipe } from '../platform/errors/uuid.pipe.js';
import { ApiProblems } from '../platform/openapi/api-problems.decorator.js';
import { OrphanRepository } from '../reconcile/persistence/orphan.repository.js';
import { ReconcileProviders } from '../reconcile/reconcile-providers.js';
import { ResolveOrphan } from '../reconcile/resolve-orphan.js';
import { OrphanPageResponse, OrphanResponse, OrphansQuery, toOrphanResponse } from './orphans.dto.js';

@ApiTags('admin')
@Controller('admin/orphans')
export class OrphansController {
  constructor(
    private readonly orphans: OrphanRepository,
    private readonly reconcile: ReconcileProviders,
    private readonly resolve: ResolveOrphan,
  ) {}

  @Get()
  @RequireScope('admin')
  @ApiOperation({
    summary: 'List credentials without a connection, and connections without a credential',
    description: 'Newest first. Nothing is deleted by itself.',
  })
  @ApiResponse({ status: 200, type: OrphanPageResponse })
  @ApiProblems('request.invalid', 'request.invalid_cursor')
  async list(@Query() { status, limit, cursor }: OrphansQuery): Promise<OrphanPageResponse> {
    const { data, nextCursor } = await this.orphans.page(status, limit, cursor);
    return { data: data.map(toOrphanResponse), nextCursor, unsupported: this.reconcile.unsupported() };
  }

  @Post(':id/delete')
  @RequireScope('admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Delete the credential at the provider, or the connection that has lost its own' })
  @ApiResponse({ status: 200, type: OrphanResponse })
  @ApiProblems('request.invalid', 'orphan.not_found', 'orphan.resolved', 'orphan.in_use', 'provider.unknown')
  @ApiProblems('provider.unavailable', 'provider.timeout', 'provider.rate_limited', 'provider.bad_response')
  async delete(@Param('id', UuidPipe) id: string, @CurrentCaller() caller: Caller): Promise<OrphanResponse> {
    return toOrphanResponse(await this.resolve.delete(id, adminOrigin(caller)));
  }

  @Post(':id/ignore')
  @RequireScope('admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Report it no more', description: 'It can still be deleted.' })
  @ApiResponse({ status: 200, type: OrphanResponse })
  @ApiProblems('request.invalid', 'orphan.not_found', 'orphan.resolved')
  async ignore(@Param('id', UuidPipe) id: string, @CurrentCaller() caller: Caller): Promise<OrphanResponse> {
    return toOrphanResponse(await this.resolve.ignore(id, adminOrigin(caller)));
  }
}

function adminOrigin(caller: Caller): Origin {
  return { ...apiOrigin(caller), trigger: 'admin' };
}
