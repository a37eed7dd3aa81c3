import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { JobQueue } from '../../platform/queue/job-queue.js';
import { Clock } from '../../platform/time/clock.js';
import { ProviderRegistry } from '../../providers/registry/provider-registry.js';
import type { Subject } from './inbox-webhook.js';
import { InboxUpkeepRepository } from './persistence/inbox-upkeep.repository.js';
import { webhookJob } from './webhook-job.js';

/** Few and often: many at once would slow down everybody's for a second. */
const MOST_AT_ONCE = 100;
/** Longer than a job with its first attempts. */
const STRANDED_MS = 5 * 60_000;
/** A provider that was off for a day leaves many; one statement must end in its time. */
const MOST_GIVEN_UP = 5_000;
const GIVEN_UP_MS = 24 * 60 * 60_000;

/** Nobody waits for these: what came later goes first. */
const LATER = -1;

/** Sends the jobs of webhooks that get a second chance, and of those whose job was lost. For a scheduled task. */
@Injectable()
export class ReprocessUnmatched {
  private readonly log = new Logger(ReprocessUnmatched.name);

  constructor(
    private readonly database: DataSource,
    private readonly upkeep: InboxUpkeepRepository,
    private readonly queue: JobQueue,
    private readonly registry: ProviderRegistry,
    private readonly clock: Clock,
  ) {}

  /** @returns for how many subjects a job was sent */
  async run(): Promise<number> {
    const now = this.clock.now();
    const before = (ms: number) => new Date(now.getTime() - ms);
    const givenUp = await this.upkeep.giveUp(before(GIVEN_UP_MS), now, MOST_GIVEN_UP);
    if (givenUp > 0) this.log.warn({ count: givenUp }, 'webhooks were given up after a day');
    const reopened = await this.database.transaction(async (manager) => {
      const subjects = await this.upkeep.reopenUnmatched(manager, now, MOST_AT_ONCE);
      return this.send(subjects, manager);
    });
    return reopened + (await this.send(await this.upkeep.stranded(before(STRANDED_MS), MOST_AT_ONCE)));
  }

  /** Those of a provider that was switched off wait until it is back, or are given up. */
  private async send(subjects: readonly Subject[], manager?: EntityManager): Promise<number> {
    let sent = 0;
    for (const { id, webhooks } of this.registry.all()) {
      const mine = new Set(
        subjects
          .filter(({ provider }) => provider === id)
          .map(({ subject }) => subject)
          .sort(),
      );
      if (!webhooks || mine.size === 0) continue;
      const jobs = [...mine].map((subject) => ({ data: { provider: id, subject }, key: subject, priority: LATER }));
      await this.queue.sendMany(webhookJob(id), jobs, manager);
      sent += jobs.length;
    }
    return sent;
  }
}
