import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import type { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { RequireScope } from '../access/require-scope.decorator.js';
import { Invalidates } from '../cache/invalidates.decorator.js';
import { userTag } from '../cache/keys.js';
import { UuidPipe } from '../platform/errors/uuid.pipe.js';
import { ApiProblems } from '../platform/openapi/api-problems.decorator.js';
import { UserOrders } from './user-orders.js';
import { PurgeUserRequest, PurgeUserResponse } from './users.dto.js';

@ApiTags('admin')
@Controller('admin/users')
export class AdminUsersController {
  constructor(private readonly orders: UserOrders) {}

  @Post(':id/purge')
  @RequireScope('admin')
  @HttpCode(200)
  @Invalidates(({ params }) => [userTag(params.id)])
  @ApiOperation({
    summary: 'Delete a user, also when a provider does not',
    description:
      'Every provider is asked once; open hosted visits and creations are ended. Repeating it gives the same receipt.',
  })
  @ApiResponse({ status: 200, type: PurgeUserResponse })
  @ApiProblems('request.invalid', 'user.not_found', 'user.deleting')
  async purge(
    @Param('id', UuidPipe) id: string,
    @Body() { confirm }: PurgeUserRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<PurgeUserResponse> {
    return this.orders.purge(id, confirm, caller);
  }
}
