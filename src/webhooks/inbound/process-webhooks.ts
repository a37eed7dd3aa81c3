import { Injectable, Logger } from '@nestjs/common';

import type { ProviderId } from '../../credentials/provider-id.js';
import type { WebhookReceiver } from '../../credentials/webhook-receiver.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { Clock } from '../../platform/time/clock.js';
import { HintedConnections } from './hinted-connections.js';
import type { TakenWebhooks } from './inbox-webhook.js';
import { InboxRepository } from './persistence/inbox.repository.js';
import { FollowHint } from './follow-hint.js';
import { WebhookFactory } from './webhook-factory.js';
import { webhookJob } from './webhook-job.js';

/** Webhooks of one subject that are handled at once. */
const TOGETHER = 5_000;
/** Then others of the queue have their turn. */
const MOST_TURNS = 10;
/** A webhook can be faster than the answer to the call that made its credential. */
const TRY_AGAIN_MS = 60_000;

/**
 * What one job does: the provider is read once for all webhooks of a subject that have come by then, and again for
 * those that came meanwhile. While some wait, no second job is sent for them.
 */
@Injectable()
export class ProcessWebhooks {
  private readonly log = new Logger(ProcessWebhooks.name);

  constructor(
    private readonly inbox: InboxRepository,
    private readonly factory: WebhookFactory,
    private readonly hinted: HintedConnections,
    private readonly followHint: FollowHint,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** @throws TruthNotRead when the job must be tried again */
  async run(provider: ProviderId, receiver: WebhookReceiver, subject: string, signal: AbortSignal): Promise<void> {
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      signal.throwIfAborted();
      const taken = await this.inbox.take(provider, subject, TOGETHER);
      if (!taken) return;
      await this.together(provider, receiver, taken, signal);
    }
    await this.queue.send(webhookJob(provider), { data: { provider, subject }, key: subject });
  }

  private async together(
    provider: ProviderId,
    receiver: WebhookReceiver,
    taken: TakenWebhooks,
    signal: AbortSignal,
  ): Promise<void> {
    const hints = this.factory.hintsOf(receiver, taken);
    const connections = await this.hinted.of(provider, hints);
    if (connections.length > 0) {
      await this.followHint.run(provider, taken, connections, signal);
      return;
    }
    const now = this.clock.now();
    await this.inbox.concernNobody(taken, now, new Date(now.getTime() + TRY_AGAIN_MS));
    this.log.log({ provider, webhookId: taken.lead.id, count: taken.ids.length }, 'a webhook concerns nobody here');
  }
}
