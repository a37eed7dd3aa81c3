import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Registry } from 'prom-client';

import { Public } from '../access/public.decorator.js';

@ApiTags('Operations')
@Controller()
@Public('Prometheus scrapes without a key; labels are fixed words and route templates, never ids.')
export class MetricsController {
  private running: Promise<string> | null = null;

  constructor(private readonly registry: Registry) {}

  @Get('metrics')
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Metrics in the Prometheus text format' })
  @ApiProduces(Registry.PROMETHEUS_CONTENT_TYPE)
  @ApiOkResponse({ schema: { type: 'string' } })
  async metrics(): Promise<string> {
    // Some figures are counted in the database, and anybody may ask: whoever comes meanwhile gets the same answer.
    this.running ??= this.registry.metrics().finally(() => {
      this.running = null;
    });
    return this.running;
  }
}
