import type { FailureNote, JobAttempt, JobSource } from './job-source.js';

const EVERY_MS = 25;
const PER_STATEMENT = 50;
const AGAIN_MS = 1_000;
/** In an outage. What is dropped runs once more when its time is over. */
const MOST_KEPT = 2_000;

interface Ended {
  readonly attempt: JobAttempt;
  /** `null` = done. */
  readonly note: FailureNote | null;
}

/** Tells the queue in small groups which jobs have ended, again and again while the database is away. */
export class Settlements {
  private waiting: Ended[] = [];
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> | null = null;
  /** Between two attempts in an outage. */
  private resting = false;
  private closed = false;

  constructor(
    private readonly source: JobSource,
    private readonly failed: (error: unknown) => void,
  ) {}

  add(attempt: JobAttempt, note: FailureNote | null): void {
    this.waiting.push({ attempt, note });
    if (this.waiting.length > MOST_KEPT) this.waiting.splice(0, this.waiting.length - MOST_KEPT);
    if (this.writing || this.resting || this.closed) return;
    if (this.waiting.length >= PER_STATEMENT) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), EVERY_MS);
  }

  /** What ends later runs once more: nobody writes it down. */
  async close(): Promise<void> {
    await this.flush();
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
  }

  /** Tries once to write all that has ended so far. Never rejects. */
  async flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.resting = false;
    while (this.writing) await this.writing;
    this.writing = this.write().finally(() => {
      this.writing = null;
    });
    await this.writing;
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, PER_STATEMENT);
      try {
        await this.writeGroup(group);
      } catch (error) {
        this.failed(error);
        this.waiting.unshift(...group);
        this.resting = true;
        this.timer = setTimeout(() => void this.flush(), AGAIN_MS).unref();
        return;
      }
    }
  }

  /** Writing a part of it twice does nothing: the attempt is settled already. */
  private async writeGroup(group: readonly Ended[]): Promise<void> {
    const done = group.filter(({ note }) => note === null).map(({ attempt }) => attempt);
    if (done.length > 0) await this.source.complete(done);
    for (const { attempt, note } of group) if (note) await this.source.fail(attempt, note);
  }
}
