import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const DURATION_SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const LAG_SECONDS = [1, 5, 15, 60, 300, 900, 3_600, 21_600];

/** Every step of scheduled syncs, as numbers. */
@Injectable()
export class SyncMetrics {
  private readonly planned: Counter<'provider'>;
  private readonly outcomes: Counter<'provider' | 'kind' | 'outcome'>;
  private readonly duration: Histogram<'provider' | 'kind'>;
  private readonly lag: Histogram<'provider'>;
  private readonly dueNow: Gauge<'provider'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.planned = new Counter({
      name: 'mooring_sync_planned_total',
      help: 'Due connections whose sync was put into the queue.',
      labelNames: ['provider'],
      registers,
    });
    this.outcomes = new Counter({
      name: 'mooring_sync_total',
      help: 'Syncs that ended, by kind (refresh, read, skip) and outcome.',
      labelNames: ['provider', 'kind', 'outcome'],
      registers,
    });
    this.duration = new Histogram({
      name: 'mooring_sync_duration_seconds',
      help: 'Time of a sync from its start to its outcome; a refresh ends when the provider has accepted it.',
      labelNames: ['provider', 'kind'],
      buckets: DURATION_SECONDS,
      registers,
    });
    this.lag = new Histogram({
      name: 'mooring_sync_lag_seconds',
      help: 'How late a sync was put into the queue.',
      labelNames: ['provider'],
      buckets: LAG_SECONDS,
      registers,
    });
    this.dueNow = new Gauge({
      name: 'mooring_sync_due',
      help: 'Connections that are due and wait for a place in the queue, counted up to 10000.',
      labelNames: ['provider'],
      registers,
    });
  }

  plannedOne(provider: string, lateMs: number): void {
    this.planned.inc({ provider });
    this.lag.observe({ provider }, Math.max(0, lateMs) / 1000);
  }

  due(provider: string, count: number): void {
    this.dueNow.set({ provider }, count);
  }

  ended(provider: string, kind: string, outcome: string, seconds: number): void {
    this.outcomes.inc({ provider, kind, outcome });
    this.duration.observe({ provider, kind }, seconds);
  }
}
