import { Body, Controller, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { UuidPipe } from '../../platform/errors/uuid.pipe.js';
import { actorOf, type Caller } from '../../access/caller.js';
import { CurrentCaller } from '../../access/current-caller.decorator.js';
import { RequireScope } from '../../access/require-scope.decorator.js';
import { Opened } from '../../platform/crypto/opened.js';
import { ApiProblems } from '../../platform/openapi/api-problems.decorator.js';
import { ProviderAuthorization } from '../provider-authorization.js';
import {
  AccessTokenRequest,
  AccessTokenResponse,
  AuthorizationGrantRequest,
  AuthorizationGrantResponse,
} from './user.dto.js';

/** Secrets of provider users. Every call is audited; no answer is ever cached. */
@ApiTags('users')
@ApiProblems('request.invalid', 'provider.unknown', 'capability_unsupported', 'provider.unavailable')
@Controller('v1/users')
export class AuthorizationsController {
  constructor(private readonly authorization: ProviderAuthorization) {}

  @Post(':id/authorization-grants')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @RequireScope('authorization:grant')
  @ApiOperation({ summary: 'A single-use code of the provider for this user' })
  @ApiResponse({ status: 200, type: AuthorizationGrantResponse })
  @ApiProblems('user.not_found', 'user.deleting', 'authorization.invalid_scope')
  async grant(
    @Param('id', UuidPipe) id: string,
    @Body() { provider, scope }: AuthorizationGrantRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<AuthorizationGrantResponse> {
    const code = await this.authorization.grant(id, provider, scope, actorOf(caller));
    return { code: code.reveal('to hand it to the caller who asked') };
  }

  @Post('access-tokens')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @RequireScope('authorization:grant')
  @ApiOperation({ summary: "Exchange a code for the provider's access token" })
  @ApiResponse({ status: 200, type: AccessTokenResponse })
  @ApiProblems('authorization.invalid_code')
  async accessToken(
    @Body() { provider, code }: AccessTokenRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<AccessTokenResponse> {
    const token = await this.authorization.accessToken(provider, new Opened(code), actorOf(caller));
    const { expiresIn, scope } = token;
    return {
      accessToken: token.accessToken.reveal('to hand it to the caller who asked'),
      expiresIn,
      scope: [...scope],
    };
  }
}
