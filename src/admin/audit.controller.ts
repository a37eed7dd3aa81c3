import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { PageQuery } from '../platform/pagination/page.query.js';
import { RequireScope } from '../access/require-scope.decorator.js';
import { AuditRepository } from '../audit/persistence/audit.repository.js';
import { ApiProblems } from '../platform/openapi/api-problems.decorator.js';
import { AuditPageResponse, toAuditEntryResponse } from './audit.dto.js';

@ApiTags('admin')
@Controller('admin/audit')
export class AuditController {
  constructor(private readonly audit: AuditRepository) {}

  @Get()
  @RequireScope('admin')
  @ApiOperation({ summary: 'Read the audit log', description: 'Newest first.' })
  @ApiResponse({ status: 200, type: AuditPageResponse })
  @ApiProblems('request.invalid', 'request.invalid_cursor')
  async list(@Query() { limit, cursor }: PageQuery): Promise<AuditPageResponse> {
    const { data, nextCursor } = await this.audit.page(limit, cursor);
    return { data: data.map(toAuditEntryResponse), nextCursor };
  }
}
