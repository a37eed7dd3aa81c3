import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';

const BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** What became of a request. `refused`: not signed by the vendor. `failed`: not stored, the vendor tries again. */
export type ReceiptOutcome = 'accepted' | 'duplicate' | 'ignored' | 'malformed' | 'refused' | 'failed';

/** `record`: our record said something else than the provider. `hint`: the provider is behind its own webhook. */
export type DriftKind = 'record' | 'hint';

/** Counts and times what vendors send. */
@Injectable()
export class InboundMetrics {
  private readonly receipts: Counter<'provider' | 'outcome'>;
  private readonly processing: Histogram<'provider'>;
  private readonly drifts: Counter<'provider' | 'kind'>;

  constructor(registry: Registry) {
    this.receipts = new Counter({
      name: 'mooring_webhooks_received_total',
      help: 'Webhooks of providers by what became of them.',
      labelNames: ['provider', 'outcome'],
      registers: [registry],
    });
    this.processing = new Histogram({
      name: 'mooring_webhook_processing_seconds',
      help: 'Time from the oldest webhook of a subject to the reading that it caused.',
      labelNames: ['provider'],
      buckets: BUCKETS_SECONDS,
      registers: [registry],
    });
    this.drifts = new Counter({
      name: 'mooring_webhook_drift_total',
      help: 'Readings after a webhook that contradict our record, or the webhook.',
      labelNames: ['provider', 'kind'],
      registers: [registry],
    });
  }

  received(provider: string, outcome: ReceiptOutcome): void {
    this.receipts.inc({ provider, outcome });
  }

  processed(provider: string, ms: number): void {
    this.processing.observe({ provider }, ms / 1000);
  }

  drift(provider: string, kind: DriftKind): void {
    this.drifts.inc({ provider, kind });
  }
}
