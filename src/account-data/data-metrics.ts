import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';

import type { LoadChanges } from './domain/load-result.js';

const BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

/** Counts and times loads of account data. */
@Injectable()
export class DataMetrics {
  private readonly loads: Counter<'provider' | 'outcome'>;
  private readonly duration: Histogram<'provider'>;
  private readonly transactions: Counter<'provider' | 'change'>;

  constructor(registry: Registry) {
    this.loads = new Counter({
      name: 'mooring_data_loads_total',
      help: 'Loads of account data, by how they ended.',
      labelNames: ['provider', 'outcome'],
      registers: [registry],
    });
    this.duration = new Histogram({
      name: 'mooring_data_load_duration_seconds',
      help: 'Time of a load that asked the provider, from the first call to the last write.',
      labelNames: ['provider'],
      buckets: BUCKETS_SECONDS,
      registers: [registry],
    });
    this.transactions = new Counter({
      name: 'mooring_transactions_upserted_total',
      help: 'Transactions written by loads.',
      labelNames: ['provider', 'change'],
      registers: [registry],
    });
  }

  ended(provider: string, outcome: string): void {
    this.loads.inc({ provider, outcome });
  }

  timer(provider: string): () => void {
    return this.duration.startTimer({ provider });
  }

  changed(provider: string, { transactions }: LoadChanges): void {
    for (const [change, count] of Object.entries(transactions)) {
      if (count > 0) this.transactions.inc({ provider, change }, count);
    }
  }
}
