import { Logger } from '@nestjs/common';

const log = new Logger('SingleRun');

/** Runs a piece of work that repeats, never twice at once in this process, and waits for it when the process stops. */
export class SingleRun {
  private running: Promise<void> | null = null;
  private stopped = false;
  private failing = false;

  /**
   * @param name of the work, for the log.
   * @param failed hears of the first of failures in a row; the next tick runs all the same.
   */
  constructor(
    private readonly name = 'work',
    private readonly failed: (error: unknown) => void = (error) => {
      log.error({ work: name, err: error }, 'repeated work failed; the next ticks try again');
    },
  ) {}

  /** A tick that comes while the last one still works is skipped. Never throws or rejects. */
  tick(work: () => Promise<void>): void {
    if (this.running || this.stopped) return;
    this.running = this.once(work).finally(() => {
      this.running = null;
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async once(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (this.failing) log.log({ work: this.name }, 'repeated work goes on');
      this.failing = false;
    } catch (error) {
      // An outage fails at every tick and would fill the log.
      if (!this.failing) this.failed(error);
      this.failing = true;
    }
  }
}
