/** Where a loop waits until it is woken or a time is over. A call that comes while nobody waits is kept. */
export class WaitingRoom {
  private called = false;
  private leave: (() => void) | null = null;

  call(): void {
    this.called = true;
    this.leave?.();
  }

  async wait(ms?: number): Promise<void> {
    if (!this.called) {
      await new Promise<void>((resolve) => {
        const timer = ms === undefined ? null : setTimeout(resolve, ms).unref();
        this.leave = () => {
          if (timer) clearTimeout(timer);
          resolve();
        };
      });
    }
    this.leave = null;
    this.called = false;
  }
}
