import { Body, Controller, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { UuidPipe } from '../../platform/errors/uuid.pipe.js';
import { actorOf, type Caller } from '../../access/caller.js';
import { CurrentCaller } from '../../access/current-caller.decorator.js';
import { RequireScope } from '../../access/require-scope.decorator.js';
import { Invalidates } from '../../cache/invalidates.decorator.js';
import { connectionTag } from '../../cache/keys.js';
import { ApiProblems } from '../../platform/openapi/api-problems.decorator.js';
import { AnswerChallenge } from '../answer-challenge.js';
import { AuthenticateConnection } from '../authenticate-connection.js';
import { PauseConnection } from '../pause-connection.js';
import { RefreshConnection } from '../refresh-connection.js';
import { ReplaceLogin } from '../replace-login.js';
import { apiOrigin } from '../origin.js';
import { answersOf } from './answers.js';
import { ConnectionResponseMapper } from './connection-response.mapper.js';
import {
  AuthenticateRequest,
  RefreshRequest,
  ReplaceLoginRequest,
  SupplementalInformationRequest,
} from './connection.requests.js';
import { ConnectionResponse } from './connection.response.js';

@ApiTags('connections')
@ApiProblems('request.invalid', 'connection.not_found')
@Invalidates(({ params }) => [connectionTag(params.id)])
@Controller('v1/connections/:id')
export class ConnectionActionsController {
  constructor(
    private readonly refreshing: RefreshConnection,
    private readonly authentication: AuthenticateConnection,
    private readonly challenge: AnswerChallenge,
    private readonly logins: ReplaceLogin,
    private readonly pauses: PauseConnection,
    private readonly mapper: ConnectionResponseMapper,
  ) {}

  @Post('refresh')
  @HttpCode(202)
  @RequireScope('credentials:refresh')
  @ApiOperation({
    summary: 'Ask the provider to fetch from the bank',
    description: 'One at a time; a second call joins.',
  })
  @ApiResponse({ status: 202, type: ConnectionResponse })
  @ApiProblems('connection.not_refreshable', 'credential.busy', 'capability_unsupported', 'provider.rate_limited')
  @ApiProblems('quota.exhausted')
  @ApiProblems('provider.unavailable', 'provider.timeout', 'provider.bad_response')
  async refresh(
    @Param('id', UuidPipe) id: string,
    @Body() { userPresent, items, redirectUrl }: RefreshRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<ConnectionResponse> {
    const options = {
      userPresent: userPresent ?? false,
      ...(items === undefined ? {} : { items }),
      ...(redirectUrl === undefined ? {} : { returnUrl: redirectUrl }),
    };
    return this.mapper.toResponse(await this.refreshing.run(id, options, apiOrigin(caller)));
  }

  @Post('authenticate')
  @HttpCode(202)
  @RequireScope('credentials:refresh')
  @ApiOperation({ summary: "Start the user's authentication at the bank again, to renew the consent" })
  @ApiResponse({ status: 202, type: ConnectionResponse })
  @ApiProblems('connection.deleting', 'login.guarded', 'capability_unsupported')
  @ApiProblems('provider.unavailable', 'provider.timeout', 'provider.bad_response')
  async authenticate(
    @Param('id', UuidPipe) id: string,
    @Body() { redirectUrl }: AuthenticateRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<ConnectionResponse> {
    const options = redirectUrl === undefined ? {} : { returnUrl: redirectUrl };
    return this.mapper.toResponse(await this.authentication.run(id, options, apiOrigin(caller)));
  }

  @Post('supplemental-information')
  @HttpCode(202)
  @RequireScope('credentials:refresh')
  @ApiOperation({ summary: 'Answer the open question of the bank' })
  @ApiResponse({ status: 202, type: ConnectionResponse })
  @ApiProblems('challenge.none', 'challenge.expired', 'challenge.unknown_field', 'challenge.invalid_answer')
  @ApiProblems('connection.busy')
  @ApiProblems('provider.unavailable', 'provider.timeout', 'provider.bad_response')
  async answer(
    @Param('id', UuidPipe) id: string,
    @Body() { fields }: SupplementalInformationRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<ConnectionResponse> {
    return this.mapper.toResponse(await this.challenge.submit(id, answersOf(fields), apiOrigin(caller)));
  }

  @Put('login')
  @HttpCode(202)
  @RequireScope('credentials:write')
  @ApiOperation({ summary: 'Give a new login to this connection', description: 'The connection keeps its id.' })
  @ApiResponse({ status: 202, type: ConnectionResponse })
  @ApiProblems('credential.invalid_input', 'credential.invalid_login', 'login.guarded', 'capability_unsupported')
  @ApiProblems('connection.different_login', 'connection.busy', 'connection.deleting')
  @ApiProblems('connection.duplicate', 'connection.conflict')
  @ApiProblems('provider.unavailable', 'provider.timeout', 'provider.bad_response')
  async replaceLogin(
    @Param('id', UuidPipe) id: string,
    @Body() { fields }: ReplaceLoginRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<ConnectionResponse> {
    return this.mapper.toResponse(await this.logins.run(id, answersOf(fields), apiOrigin(caller)));
  }

  @Post('pause')
  @HttpCode(200)
  @RequireScope('credentials:write')
  @ApiOperation({ summary: 'Stop syncing this connection' })
  @ApiResponse({ status: 200, type: ConnectionResponse })
  async pause(@Param('id', UuidPipe) id: string, @CurrentCaller() caller: Caller): Promise<ConnectionResponse> {
    return this.mapper.toResponse(await this.pauses.pause(id, actorOf(caller)));
  }

  @Post('resume')
  @HttpCode(200)
  @RequireScope('credentials:write')
  @ApiOperation({ summary: 'Sync this connection again' })
  @ApiResponse({ status: 200, type: ConnectionResponse })
  async resume(@Param('id', UuidPipe) id: string, @CurrentCaller() caller: Caller): Promise<ConnectionResponse> {
    return this.mapper.toResponse(await this.pauses.resume(id, actorOf(caller)));
  }
}
