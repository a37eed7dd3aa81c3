import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';

import { Public } from '../access/public.decorator.js';
import { Readiness, type ReadinessReport } from './readiness.js';

@ApiTags('Operations')
@Controller()
@Public('Load balancers and orchestrators ask without a key; the answers hold no data.')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('healthz')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Is the process alive?' })
  @ApiOkResponse({ schema: { example: { status: 'ok' } } })
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Can the process answer requests?' })
  @ApiOkResponse({ schema: { example: { status: 'ok', checks: { database: 'up', migrations: 'up' } } } })
  @ApiServiceUnavailableResponse({ description: 'A problem document with one member for each check.' })
  async ready(): Promise<ReadinessReport> {
    return this.readiness.check();
  }
}
