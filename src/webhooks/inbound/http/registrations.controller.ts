import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { actorOf, type Caller } from '../../../access/caller.js';
import { CurrentCaller } from '../../../access/current-caller.decorator.js';
import { RequireScope } from '../../../access/require-scope.decorator.js';
import { ServerConfig } from '../../../config/slices.js';
import { UuidPipe } from '../../../platform/errors/uuid.pipe.js';
import { ApiProblems } from '../../../platform/openapi/api-problems.decorator.js';
import { PageQuery } from '../../../platform/pagination/page.query.js';
import { RegistrationRepository } from '../persistence/registration.repository.js';
import { RegisterWebhooks } from '../register-webhooks.js';
import { UnregisterWebhooks } from '../unregister-webhooks.js';
import { WebhookRegistrars } from '../webhook-registrars.js';
import {
  RegisterWebhooksRequest,
  RegistrationPageResponse,
  RegistrationResponse,
  toRegistrationResponse,
} from './registration.dto.js';

@ApiTags('admin')
@Controller('admin/providers/:provider/webhooks')
export class RegistrationsController {
  constructor(
    private readonly registering: RegisterWebhooks,
    private readonly unregistering: UnregisterWebhooks,
    private readonly registrars: WebhookRegistrars,
    private readonly registrations: RegistrationRepository,
    private readonly server: ServerConfig,
  ) {}

  @Post()
  @RequireScope('admin')
  @ApiOperation({
    summary: "Register Mooring for a vendor's webhooks",
    description: 'Repeating it is fine: what is registered and usable stays, what is not is replaced.',
  })
  @ApiResponse({ status: 201, type: RegistrationResponse })
  @ApiProblems(
    'request.invalid',
    'request.not_found',
    'capability_unsupported',
    'webhook_endpoint.busy',
    'provider.unavailable',
  )
  async register(
    @Param('provider') provider: string,
    @Body() request: RegisterWebhooksRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<RegistrationResponse> {
    const url = request.url ?? `${this.server.publicUrl}/webhooks/${encodeURIComponent(provider)}`;
    return toRegistrationResponse(await this.registering.run(provider, url, actorOf(caller)));
  }

  @Get()
  @RequireScope('admin')
  @ApiOperation({ summary: 'List the registrations', description: 'Oldest first. Secrets are never shown.' })
  @ApiResponse({ status: 200, type: RegistrationPageResponse })
  @ApiProblems('request.invalid', 'request.invalid_cursor', 'request.not_found', 'capability_unsupported')
  async list(
    @Param('provider') provider: string,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<RegistrationPageResponse> {
    this.registrars.get(provider);
    const { data, nextCursor } = await this.registrations.page(provider, limit, cursor);
    return { data: data.map(toRegistrationResponse), nextCursor };
  }

  @Delete(':id')
  @RequireScope('admin')
  @HttpCode(204)
  @ApiOperation({ summary: 'End a registration', description: 'At the vendor too. Its secret opens nothing any more.' })
  @ApiResponse({ status: 204, description: 'Ended.' })
  @ApiProblems('request.invalid', 'request.not_found', 'webhook_endpoint.not_found', 'capability_unsupported')
  async unregister(
    @Param('provider') provider: string,
    @Param('id', UuidPipe) id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<void> {
    await this.unregistering.run(provider, id, actorOf(caller));
  }
}
