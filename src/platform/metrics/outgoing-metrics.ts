import { Logger } from '@nestjs/common';
import { Counter, Histogram, type Registry } from 'prom-client';

import { OutgoingCallObserver, type FinishedCall, type UnknownWord } from '../http/outgoing-call-observer.js';

const BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counts and times the calls to providers. */
export class OutgoingMetrics extends OutgoingCallObserver {
  private readonly logger = new Logger('Outgoing');
  private readonly duration: Histogram<'provider' | 'operation' | 'outcome'>;
  private readonly attempts: Counter<'provider'>;
  private readonly unknownWords: Counter<'provider' | 'kind'>;

  constructor(registry: Registry) {
    super();
    this.duration = new Histogram({
      name: 'mooring_outgoing_call_duration_seconds',
      help: 'Time of a call to a provider, from the call to its outcome, waits and attempts included.',
      labelNames: ['provider', 'operation', 'outcome'],
      buckets: BUCKETS_SECONDS,
      registers: [registry],
    });
    this.attempts = new Counter({
      name: 'mooring_outgoing_attempts_total',
      help: 'Requests that went to a provider, repeats included.',
      labelNames: ['provider'],
      registers: [registry],
    });
    this.unknownWords = new Counter({
      name: 'mooring_provider_unknown_words_total',
      help: 'Words of a provider that its adapter does not know.',
      labelNames: ['provider', 'kind'],
      registers: [registry],
    });
  }

  override finished({ provider, operation, outcome, durationMs, attempts }: FinishedCall): void {
    this.duration.observe({ provider, operation, outcome }, durationMs / 1000);
    this.attempts.inc({ provider }, attempts);
  }

  override unknownWord({ provider, kind, word }: UnknownWord): void {
    this.unknownWords.inc({ provider, kind });
    this.logger.warn({ msg: 'a provider used an unknown word', provider, kind, word });
  }
}
