import { Logger } from '@nestjs/common';

const log = new Logger('SingleRun');

/** Runs a piece of work that repeats, never twice at once in this process, and waits for it when the process stops. */
export class SingleRun {
  private running: Promise<void> | null = null;
  private stopped = false;

  /** @param failed hears of work that fails; the next tick runs all the same. */
  constructor(
    private readonly failed: (error: unknown) => void = (error) => {
      log.error({ err: error }, 'repeated work failed; the next tick tries again');
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
    } catch (error) {
      this.failed(error);
    }
  }
}
