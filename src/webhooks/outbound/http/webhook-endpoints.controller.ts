import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import type { Caller } from '../../../access/caller.js';
import { CurrentCaller } from '../../../access/current-caller.decorator.js';
import { RequireScope } from '../../../access/require-scope.decorator.js';
import { Etagged } from '../../../cache/cached-read.decorator.js';
import { UuidPipe } from '../../../platform/errors/uuid.pipe.js';
import { ApiProblems } from '../../../platform/openapi/api-problems.decorator.js';
import { PageQuery } from '../../../platform/pagination/page.query.js';
import { ownerOf } from '../domain/owner.js';
import { ManageEndpoints, type WithSecret } from '../manage-endpoints.js';
import { EndpointRepository } from '../persistence/endpoint.repository.js';
import { TestEndpoint } from '../test-endpoint.js';
import { CreateWebhookEndpointRequest, UpdateWebhookEndpointRequest } from './webhook.requests.js';
import {
  TestResultResponse,
  toEndpointResponse,
  toEndpointWithSecret,
  toTestResult,
  WebhookEndpointPageResponse,
  WebhookEndpointResponse,
  WebhookEndpointWithSecretResponse,
} from './webhook.responses.js';

@ApiTags('webhooks')
@ApiProblems('request.invalid')
@Controller('v1/webhook-endpoints')
export class WebhookEndpointsController {
  constructor(
    private readonly endpoints: EndpointRepository,
    private readonly management: ManageEndpoints,
    private readonly trial: TestEndpoint,
  ) {}

  @Post()
  @RequireScope('webhooks:manage')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Create a webhook endpoint', description: 'The answer shows its secret, once.' })
  @ApiResponse({ status: 201, type: WebhookEndpointWithSecretResponse })
  @ApiProblems('webhook_endpoint.refused_target', 'webhook_endpoint.limit')
  async create(
    @Body() body: CreateWebhookEndpointRequest,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookEndpointWithSecretResponse> {
    const created = await this.management.create(body, caller);
    reply.header('location', `/v1/webhook-endpoints/${created.endpoint.id}`);
    return withSecret(created);
  }

  @Get()
  @RequireScope('webhooks:manage')
  @ApiOperation({ summary: 'List your webhook endpoints', description: 'Newest first.' })
  @ApiResponse({ status: 200, type: WebhookEndpointPageResponse })
  @ApiProblems('request.invalid_cursor')
  async list(
    @Query() { limit, cursor }: PageQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<WebhookEndpointPageResponse> {
    const { data, nextCursor } = await this.endpoints.page(ownerOf(caller), limit, cursor);
    return { data: data.map(toEndpointResponse), nextCursor };
  }

  @Get(':id')
  @RequireScope('webhooks:manage')
  @Etagged()
  @ApiOperation({ summary: 'Read a webhook endpoint' })
  @ApiResponse({ status: 200, type: WebhookEndpointResponse })
  @ApiProblems('webhook_endpoint.not_found')
  async get(@Param('id', UuidPipe) id: string, @CurrentCaller() caller: Caller): Promise<WebhookEndpointResponse> {
    return toEndpointResponse(await this.endpoints.get(id, ownerOf(caller)));
  }

  @Patch(':id')
  @RequireScope('webhooks:manage')
  @ApiOperation({ summary: 'Change a webhook endpoint', description: 'What waits goes to the new address.' })
  @ApiResponse({ status: 200, type: WebhookEndpointResponse })
  @ApiProblems('webhook_endpoint.not_found', 'webhook_endpoint.refused_target')
  @ApiProblems('webhook_endpoint.disabled_by_operator')
  async change(
    @Param('id', UuidPipe) id: string,
    @Body() body: UpdateWebhookEndpointRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<WebhookEndpointResponse> {
    return toEndpointResponse(await this.management.change(id, body, caller));
  }

  @Delete(':id')
  @RequireScope('webhooks:manage')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a webhook endpoint', description: 'With its deliveries.' })
  @ApiResponse({ status: 204, description: 'Deleted.' })
  @ApiProblems('webhook_endpoint.not_found')
  async remove(@Param('id', UuidPipe) id: string, @CurrentCaller() caller: Caller): Promise<void> {
    await this.management.remove(id, caller);
  }

  @Post(':id/rotate-secret')
  @RequireScope('webhooks:manage')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Make a new secret', description: 'The old one signs beside it for 24 hours.' })
  @ApiResponse({ status: 200, type: WebhookEndpointWithSecretResponse })
  @ApiProblems('webhook_endpoint.not_found')
  async rotateSecret(
    @Param('id', UuidPipe) id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<WebhookEndpointWithSecretResponse> {
    return withSecret(await this.management.rotateSecret(id, caller));
  }

  @Post(':id/test')
  @RequireScope('webhooks:manage')
  @HttpCode(200)
  @ApiOperation({ summary: 'Send a test event now', description: 'And tell what came of it. It is not tried again.' })
  @ApiResponse({ status: 200, type: TestResultResponse })
  @ApiProblems('webhook_endpoint.not_found', 'webhook_endpoint.disabled_by_operator')
  async test(@Param('id', UuidPipe) id: string, @CurrentCaller() caller: Caller): Promise<TestResultResponse> {
    return toTestResult(await this.trial.run(id, caller));
  }
}

function withSecret({ endpoint, secret }: WithSecret): WebhookEndpointWithSecretResponse {
  return toEndpointWithSecret(endpoint, secret.reveal('to hand it to its owner'));
}
