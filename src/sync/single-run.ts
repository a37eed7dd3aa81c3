/** Runs a piece of work that repeats, never twice at once in this process, and waits for it when the process stops. */
export class SingleRun {
  private running: Promise<void> | null = null;
  private stopped = false;

  /** A tick that comes while the last one still works is skipped. Never rejects. */
  tick(work: () => Promise<void>): void {
    if (this.running || this.stopped) return;
    this.running = work().finally(() => {
      this.running = null;
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }
}
