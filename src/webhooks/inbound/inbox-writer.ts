import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { providerId } from '../../credentials/provider-id.js';
import { Failure } from '../../platform/errors/failure.js';
import { JobQueue, type JobToSend } from '../../platform/queue/job-queue.js';
import { Crowds } from './crowds.js';
import { InboxConnection } from './inbox-connection.js';
import type { NewWebhook, WrittenWebhook } from './inbox-webhook.js';
import { InboxRepository } from './persistence/inbox.repository.js';
import { webhookJob, type WebhookJob } from './webhook-job.js';

/** Webhooks in one transaction, and as many of crowds. */
const MOST_TOGETHER = 100;
/** The first one waits so long for others, so that one transaction serves many. */
const GATHER_MS = 4;
/** Those of a crowd wait for each other that long, which leaves the machine to everybody else. */
const CROWD_EVERY_MS = 250;
/** Bytes that may wait for the database; vendors come again. */
const MOST_WAITING_BYTES = 32 * 1024 * 1024;

interface Waiting {
  readonly webhook: NewWebhook;
  readonly written: (isNew: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Puts webhooks with their jobs into the database. Those that come while a transaction runs go into the next one
 * together, so that a flood costs few round trips. Many for one subject wait for each other.
 */
@Injectable()
export class InboxWriter {
  private readonly waiting: Waiting[] = [];
  private readonly crowd: Waiting[] = [];
  private readonly crowds = new Crowds();
  private crowdTimer: NodeJS.Timeout | null = null;
  private waitingBytes = 0;
  private running = false;

  constructor(
    private readonly connection: InboxConnection,
    private readonly inbox: InboxRepository,
    private readonly queue: JobQueue,
  ) {}

  /** Resolves after the commit. @returns false when it is there already. @throws Failure `service.unavailable` */
  async write(webhook: NewWebhook): Promise<boolean> {
    const bytes = webhook.bodySealed?.length ?? 0;
    if (this.waitingBytes + bytes > MOST_WAITING_BYTES) throw new Failure('service.unavailable');
    this.waitingBytes += bytes;
    try {
      return await new Promise<boolean>((written, failed) => {
        this.join({ webhook, written, failed });
      });
    } finally {
      this.waitingBytes -= bytes;
    }
  }

  private join(one: Waiting): void {
    const { subject } = one.webhook;
    if (subject !== null && this.crowds.add(subject, performance.now())) {
      this.crowd.push(one);
      this.crowdTimer ??= setTimeout(() => {
        this.crowdTimer = null;
        if (!this.running) void this.writeAll();
      }, CROWD_EVERY_MS);
      return;
    }
    this.waiting.push(one);
    if (this.running) return;
    this.running = true;
    setTimeout(() => void this.writeAll(), GATHER_MS);
  }

  private async writeAll(): Promise<void> {
    this.running = true;
    for (let next = this.next(); next.length > 0; next = this.next()) await this.together(next);
    this.running = false;
  }

  private next(): readonly Waiting[] {
    const next = this.waiting.splice(0, MOST_TOGETHER);
    if (this.crowdTimer === null) next.push(...this.crowd.splice(0, MOST_TOGETHER));
    return next;
  }

  private async together(batch: readonly Waiting[]): Promise<void> {
    try {
      const written = await this.commit(batch.map(({ webhook }) => webhook));
      for (const { webhook, written: tell } of batch) tell(written.has(webhook.id));
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
  }

  private async commit(webhooks: readonly NewWebhook[]): Promise<ReadonlySet<string>> {
    return this.connection.transaction(async (manager) => {
      const written = await this.inbox.insert(manager, webhooks);
      await this.sendJobs(manager, written);
      return new Set(written.map(({ id }) => id));
    });
  }

  /** In the order of the rows, so that two processes never wait for each other. */
  private async sendJobs(manager: EntityManager, written: readonly WrittenWebhook[]): Promise<void> {
    const jobs = new Map<string, Map<string, JobToSend<WebhookJob>>>();
    for (const { provider, subject, needsJob } of written) {
      if (!needsJob || subject === null) continue;
      const mine = jobs.get(provider) ?? new Map<string, JobToSend<WebhookJob>>();
      jobs.set(provider, mine.set(subject, { data: { provider, subject }, key: subject }));
    }
    for (const [provider, mine] of jobs) {
      await this.queue.sendMany(webhookJob(providerId(provider)), [...mine.values()], manager);
    }
  }
}
