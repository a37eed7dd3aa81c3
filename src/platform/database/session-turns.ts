/** Lets one holder at a time have the session, in the order of asking. */
export class SessionTurns {
  private readonly waiting: (() => void)[] = [];
  private taken = false;

  async take(): Promise<void> {
    if (!this.taken) {
      this.taken = true;
      return;
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** The next in line has the session at once. */
  give(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.taken = false;
  }
}
