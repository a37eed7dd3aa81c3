import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { RequireScope } from '../access/require-scope.decorator.js';
import { VerifyDeletions } from '../connections/deletion-verification.js';
import { ApiProblems } from '../platform/openapi/api-problems.decorator.js';
import { VerificationResponse, VerifyQuery } from './deletions.dto.js';

@ApiTags('admin')
@Controller('admin/deletions')
export class DeletionChainController {
  constructor(private readonly verification: VerifyDeletions) {}

  @Get('verify')
  @RequireScope('admin')
  @ApiOperation({
    summary: 'Check the chain of deletion receipts',
    description: 'Oldest first, 500 receipts a page. Keep the head elsewhere: it tells a chain that was written anew.',
  })
  @ApiResponse({ status: 200, type: VerificationResponse })
  @ApiProblems('request.invalid', 'request.invalid_cursor')
  async verify(@Query() { cursor }: VerifyQuery): Promise<VerificationResponse> {
    const page = await this.verification.page(cursor);
    return { intact: page.broken.length === 0, ...page };
  }
}
