import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Registry } from 'prom-client';

import { OutgoingCallObserver } from '../http/outgoing-call-observer.js';
import { HttpMetrics } from './http-metrics.js';
import { OutgoingMetrics } from './outgoing-metrics.js';

/** The registry of this application. Rooms inject `Registry` and add their own metrics; labels never hold ids or secrets. */
@Global()
@Module({})
export class MetricsModule {
  static forRoot(registry: Registry, http: HttpMetrics): DynamicModule {
    const providers = [
      { provide: Registry, useValue: registry },
      { provide: HttpMetrics, useValue: http },
      { provide: OutgoingCallObserver, useValue: new OutgoingMetrics(registry) },
    ];
    return { module: MetricsModule, providers, exports: providers };
  }
}
