import { Injectable, Logger } from '@nestjs/common';

import { JobQueue } from '../../platform/queue/job-queue.js';
import { Clock } from '../../platform/time/clock.js';
import { AttemptDelivery, type Attempt } from './attempt-delivery.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { DELIVER, deliverJob } from './domain/deliver-job.js';
import type { ClaimedDelivery } from './domain/delivery.js';
import type { WebhookEndpoint } from './domain/endpoint.js';
import { nextTry } from './domain/retry-schedule.js';
import { DeliveryStore } from './persistence/delivery-store.js';
import type { Recorded } from './persistence/record.repository.js';

/** Well below the time of the job, so that the last attempt ends in it. */
const WORK_MS = 60_000;

/** Works off what is due at one endpoint, one after the other. A second job at the same time is a second lane. */
@Injectable()
export class DeliverToEndpoint {
  private readonly log = new Logger(DeliverToEndpoint.name);

  constructor(
    private readonly store: DeliveryStore,
    private readonly attempts: AttemptDelivery,
    private readonly jobs: JobQueue,
    private readonly metrics: DeliveryMetrics,
    private readonly clock: Clock,
  ) {}

  async run(endpointId: string, signal: AbortSignal): Promise<void> {
    const until = performance.now() + WORK_MS;
    while (!signal.aborted && performance.now() < until) {
      const claim = await this.store.claims.claim(endpointId, this.clock.now());
      if (!claim) return;
      // Read at each attempt: its address and its secrets may have changed.
      const endpoint = await this.store.endpoints.find(endpointId);
      if (!endpoint) return;
      await this.deliver(endpoint, claim, signal);
    }
    if (!signal.aborted) await this.jobs.send(DELIVER, deliverJob(endpointId));
  }

  private async deliver(endpoint: WebhookEndpoint, claim: ClaimedDelivery, signal: AbortSignal): Promise<void> {
    const attempt = await this.attempts.run(endpoint, claim.event, signal);
    const now = this.clock.now();
    if (attempt.verdict.kind === 'cut_off') {
      await this.store.records.release(claim, now);
      return;
    }
    const recorded = outcomeOf(claim, attempt, now);
    if (!(await this.store.records.record(claim, recorded, attempt, now))) return;
    this.report(claim, attempt, recorded, now);
  }

  private report(claim: ClaimedDelivery, { verdict }: Attempt, recorded: Recorded, now: Date): void {
    const { id: deliveryId, endpointId, attempts, event } = claim;
    const outcome = recorded.status === 'pending' ? 'retried' : recorded.status;
    this.metrics.attempted(outcome, now.getTime() - event.createdAt.getTime());
    if (outcome === 'delivered') return;
    const { status, error } = verdict;
    const facts = { deliveryId, endpointId, eventId: event.id, attempts, status, error };
    if (outcome === 'retried') this.log.log({ ...facts, again: recorded.nextAttemptAt }, 'a webhook was not taken');
    else
      this.log.warn(
        facts,
        verdict.kind === 'gone' ? 'a receiver is gone; its endpoint is off' : 'a webhook is given up',
      );
  }
}

function outcomeOf(claim: ClaimedDelivery, { verdict }: Attempt, now: Date): Recorded {
  if (verdict.kind === 'delivered') return { status: 'delivered', nextAttemptAt: now };
  if (verdict.kind === 'gone') return { status: 'dead', nextAttemptAt: now };
  const { tries, firstTriedAt } = claim;
  const again = nextTry({ tries, firstTriedAt, askedAt: verdict.askedAt }, now, Math.random());
  return again ? { status: 'pending', nextAttemptAt: again } : { status: 'dead', nextAttemptAt: now };
}
