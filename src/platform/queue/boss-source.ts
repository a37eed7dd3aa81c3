import type { Boss } from './boss.js';
import type { JobKinds } from './job-kinds.js';
import type { JobKind } from './job-queue.js';
import type { ClaimedJob, FailureNote, JobAttempt, JobSource } from './job-source.js';

/** A queue of pg-boss. */
export class BossSource implements JobSource {
  constructor(
    private readonly boss: Boss,
    private readonly kinds: JobKinds,
    private readonly kind: JobKind<object>,
  ) {}

  async fetch(most: number): Promise<readonly ClaimedJob[]> {
    await this.kinds.ensure(this.kind, false);
    const boss = await this.boss.ready();
    return boss.fetch<object>(this.kind.name, { batchSize: most });
  }

  async complete(attempts: readonly JobAttempt[]): Promise<void> {
    await (await this.boss.ready()).complete(this.kind.name, [...attempts]);
  }

  async fail(attempt: JobAttempt, note: FailureNote): Promise<void> {
    await (await this.boss.ready()).fail(this.kind.name, [attempt], note);
  }
}
