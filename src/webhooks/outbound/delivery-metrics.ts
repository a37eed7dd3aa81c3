import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import { DeliveryRepository } from './persistence/delivery.repository.js';

const LAG_BUCKETS_SECONDS = [0.1, 0.5, 1, 5, 30, 120, 600, 3_600, 6 * 3_600, 24 * 3_600, 72 * 3_600];

export type DeliveryOutcome = 'delivered' | 'retried' | 'dead';

@Injectable()
export class DeliveryMetrics {
  private readonly deliveries: Counter<'outcome'>;
  private readonly lag: Histogram;

  constructor(registry: Registry, deliveries: DeliveryRepository) {
    const registers = [registry];
    this.deliveries = new Counter({
      name: 'mooring_webhook_deliveries_total',
      help: 'Attempts to send events to the endpoints of clients, by what they came to.',
      labelNames: ['outcome'],
      registers,
    });
    this.lag = new Histogram({
      name: 'mooring_webhook_delivery_lag_seconds',
      help: 'Time from an event to its delivery.',
      buckets: LAG_BUCKETS_SECONDS,
      registers,
    });
    new Gauge({
      name: 'mooring_webhook_pending',
      help: 'Deliveries that are not done, at endpoints that are on; 100000 stands for more.',
      registers,
      async collect() {
        // The other figures must not fail with the database.
        this.set(await deliveries.pending().catch(() => Number.NaN));
      },
    });
  }

  attempted(outcome: DeliveryOutcome, lagMs: number): void {
    this.deliveries.inc({ outcome });
    if (outcome === 'delivered') this.lag.observe(Math.max(0, lagMs) / 1000);
  }
}
