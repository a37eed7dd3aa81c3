import type { EntityManager } from 'typeorm';

import { JobQueue, type JobKind, type JobToSend } from '../../src/platform/queue/job-queue.js';
import { JobWorkers, type JobHandler } from '../../src/platform/queue/job-workers.js';

interface Waiting {
  readonly name: string;
  readonly data: object;
  readonly key: string | undefined;
  readonly priority: number;
}

/** Queues in memory, for tests of one room. Transactions are not heeded. */
export class JobQueueFake extends JobQueue {
  readonly waiting: Waiting[] = [];

  override async send<Data extends object>(kind: JobKind<Data>, job: JobToSend<Data>): Promise<void> {
    await this.sendMany(kind, [job]);
  }

  override sendMany<Data extends object>(
    kind: JobKind<Data>,
    jobs: readonly JobToSend<Data>[],
    _manager?: EntityManager,
  ): Promise<void> {
    for (const { data, key, priority = 0 } of jobs) {
      const isThere = this.waiting.some((other) => other.name === kind.name && other.key === key);
      if (!(kind.onePerKey && key !== undefined && isThere)) {
        this.waiting.push({ name: kind.name, data, key, priority });
      }
    }
    return Promise.resolve();
  }

  override depth(kind: JobKind<object>): Promise<number> {
    return Promise.resolve(this.waiting.filter(({ name }) => name === kind.name).length);
  }
}

/** Runs what `JobQueueFake` holds. */
export class JobWorkersFake extends JobWorkers {
  private readonly handlers = new Map<string, JobHandler<never>>();

  constructor(private readonly queue: JobQueueFake) {
    super();
  }

  override handle<Data extends object>(kind: JobKind<Data>, handler: JobHandler<Data>): void {
    this.handlers.set(kind.name, handler);
  }

  override async workOff(): Promise<{ readonly done: number; readonly failed: number }> {
    const ended = { done: 0, failed: 0 };
    for (let job = this.queue.waiting.shift(); job; job = this.queue.waiting.shift()) {
      const handler = this.handlers.get(job.name);
      try {
        await handler?.(job.data as never, new AbortController().signal);
        ended.done += 1;
      } catch {
        ended.failed += 1;
      }
    }
    return ended;
  }
}
