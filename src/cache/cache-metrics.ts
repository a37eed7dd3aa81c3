import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

/** `away`: answered without the store, as it cannot be reached. */
export type ReadResult = 'hit' | 'miss' | 'away';

/** Counts what the cache does. */
@Injectable()
export class CacheMetrics {
  private readonly reads: Readonly<Record<ReadResult, Counter.Internal>>;
  private readonly invalidations: Counter<'result'>;

  constructor(registry: Registry) {
    const reads = new Counter({
      name: 'mooring_cache_reads_total',
      help: 'Reads through the cache.',
      labelNames: ['result'],
      registers: [registry],
    });
    this.reads = { hit: reads.labels('hit'), miss: reads.labels('miss'), away: reads.labels('away') };
    this.invalidations = new Counter({
      name: 'mooring_cache_invalidations_total',
      help: 'Invalidations; a failed one is made up for when the store is back.',
      labelNames: ['result'],
      registers: [registry],
    });
  }

  read(result: ReadResult): void {
    this.reads[result].inc();
  }

  invalidated(result: 'done' | 'failed'): void {
    this.invalidations.inc({ result });
  }
}
