import { noteOf } from './failure-note.js';
import type { ClaimedJob, FailureNote } from './job-source.js';
import type { JobHandler } from './job-workers.js';

/** One attempt under way. It ends when its handler does, or when its time is over. */
export class RunningJob {
  /** `null` = done. Never rejects. */
  readonly ended: Promise<FailureNote | null>;
  private readonly control = new AbortController();

  constructor(
    readonly job: ClaimedJob,
    handler: JobHandler<object>,
  ) {
    this.ended = this.run(handler);
  }

  abort(): void {
    this.control.abort();
  }

  private async run(handler: JobHandler<object>): Promise<FailureNote | null> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        this.control.abort();
        reject(new RangeError('The time of the job is over.'));
      }, this.job.expireInSeconds * 1_000).unref();
    });
    try {
      await Promise.race([Promise.resolve().then(() => handler(this.job.data, this.control.signal)), over]);
      return null;
    } catch (error) {
      return noteOf(error);
    } finally {
      clearTimeout(timer);
    }
  }
}
