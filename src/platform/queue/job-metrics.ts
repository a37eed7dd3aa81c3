import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import { DEAD_LETTERS } from './boss-options.js';
import { QueueCountsReader } from './queue-counts.js';

const BUCKETS_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** However often somebody asks for the metrics. */
const FRESH_MS = 5_000;

/** Counts and times jobs, and says how many wait. */
@Injectable()
export class JobMetrics {
  private readonly total: Counter<'queue' | 'outcome'>;
  private readonly duration: Histogram<'queue'>;
  private readonly depth: Gauge<'queue'>;
  private readonly lag: Gauge<'queue'>;
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> = Promise.resolve();

  constructor(
    registry: Registry,
    private readonly counts: QueueCountsReader,
  ) {
    const registers = [registry];
    this.total = new Counter({
      name: 'mooring_jobs_total',
      help: 'Attempts of jobs that ended in this process.',
      labelNames: ['queue', 'outcome'],
      registers,
    });
    this.duration = new Histogram({
      name: 'mooring_job_duration_seconds',
      help: 'Time of one attempt of a job.',
      labelNames: ['queue'],
      buckets: BUCKETS_SECONDS,
      registers,
    });
    this.depth = new Gauge({
      name: 'mooring_queue_depth',
      help: 'Jobs that wait, in the whole installation.',
      labelNames: ['queue'],
      registers,
      collect: async () => this.read(),
    });
    this.lag = new Gauge({
      name: 'mooring_jobs_lag_seconds',
      help: 'How long the oldest job that could run has waited.',
      labelNames: ['queue'],
      registers,
      collect: async () => this.read(),
    });
  }

  ended(queue: string, outcome: 'done' | 'failed', seconds: number): void {
    this.total.inc({ queue, outcome });
    this.duration.observe({ queue }, seconds);
  }

  /** Both gauges ask at once; one statement answers them. */
  private async read(): Promise<void> {
    if (performance.now() - this.readAt > FRESH_MS) {
      this.readAt = performance.now();
      this.reading = this.readNow();
    }
    await this.reading;
  }

  /** The last figures stay when the database is away: the other metrics must be readable then. */
  private async readNow(): Promise<void> {
    const backlogs = await this.counts.backlogs().catch(() => []);
    for (const { queue, depth, lagSeconds } of backlogs) {
      this.depth.set({ queue }, depth);
      // Dead letters wait for people.
      if (queue !== DEAD_LETTERS) this.lag.set({ queue }, lagSeconds);
    }
  }
}
