import { Body, Controller, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import type { Caller } from '../../access/caller.js';
import { CurrentCaller } from '../../access/current-caller.decorator.js';
import { RequireScope } from '../../access/require-scope.decorator.js';
import { IssueUserToken } from '../../access/user-tokens/issue-user-token.js';
import { UuidPipe } from '../../platform/errors/uuid.pipe.js';
import { ApiProblems } from '../../platform/openapi/api-problems.decorator.js';
import { UserTokenRequest, UserTokenResponse } from './user-token.dto.js';

const DEFAULT_SECONDS = 900;

@ApiTags('users')
@Controller('v1/users/:id/tokens')
export class UserTokensController {
  constructor(private readonly issuing: IssueUserToken) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @RequireScope('users:write')
  @ApiOperation({
    summary: 'A short-lived token for one user',
    description: 'It opens what belongs to this user and nothing else. It ends with its user and with your key.',
  })
  @ApiResponse({ status: 200, type: UserTokenResponse })
  @ApiProblems('request.invalid', 'user.not_found', 'user.deleting')
  async issue(
    @Param('id', UuidPipe) userId: string,
    @Body() { scope, ttl }: UserTokenRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<UserTokenResponse> {
    const issued = await this.issuing.run({ userId, scope, ttl: ttl ?? DEFAULT_SECONDS }, caller);
    return {
      token: issued.token.reveal('to hand it to the caller who asked'),
      expiresAt: issued.expiresAt.toISOString(),
      scope: [...issued.scope],
    };
  }
}
