import { Injectable, type OnModuleInit } from '@nestjs/common';

import { JobWorkers, type JobHandler } from '../../platform/queue/job-workers.js';
import { ProviderRegistry } from '../../providers/registry/provider-registry.js';
import { ProcessWebhooks } from './process-webhooks.js';
import { webhookJob, type WebhookJob } from './webhook-job.js';

/** Subjects of one provider that are handled at the same time. Fewer than connections in the pool, which receipt needs. */
const CONCURRENCY = 6;

/** Declares one queue for each provider that sends webhooks. */
@Injectable()
export class WebhookHandlers implements OnModuleInit {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly workers: JobWorkers,
    private readonly processing: ProcessWebhooks,
  ) {}

  onModuleInit(): void {
    for (const { id, webhooks } of this.registry.all()) {
      if (!webhooks) continue;
      const handler: JobHandler<WebhookJob> = async ({ subject }, signal) =>
        this.processing.run(id, webhooks, subject, signal);
      this.workers.handle(webhookJob(id), handler, { concurrency: CONCURRENCY });
    }
  }
}
