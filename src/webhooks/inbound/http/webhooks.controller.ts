import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { Public } from '../../../access/public.decorator.js';
import { ApiProblems } from '../../../platform/openapi/api-problems.decorator.js';
import { ReceiveWebhook } from '../receive-webhook.js';

/** Where vendors send their webhooks. */
@ApiTags('webhooks')
@Public('A vendor has no key of ours; it signs each body, and nothing unsigned is kept.')
@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly receipt: ReceiveWebhook) {}

  @Post(':provider')
  @HttpCode(200)
  @ApiOperation({
    summary: 'A vendor tells of something',
    description: 'The body is stored before the answer. It is a hint: the provider is read for the truth afterwards.',
  })
  @ApiResponse({ status: 200, description: 'Stored, or known already.' })
  @ApiProblems(
    'request.not_found',
    'request.too_large',
    'webhook.malformed',
    'webhook.signature_mismatch',
    'webhook.unauthenticated',
    'service.unavailable',
  )
  async receive(@Param('provider') provider: string, @Req() request: FastifyRequest): Promise<{ received: true }> {
    const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
    await this.receipt.run(provider, { headers: headersOf(request), body });
    return { received: true };
  }
}

function headersOf({ headers }: FastifyRequest): ReadonlyMap<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name, Array.isArray(value) ? value.join(', ') : value] as const];
  });
  return new Map(entries);
}
