/** Calls that wait for a turn: those that somebody waits for first, then in order. Who gives up leaves. */
export class WaitingLine<Turn> {
  private readonly attended: Waiter<Turn>[] = [];
  private readonly unattended: Waiter<Turn>[] = [];

  get length(): number {
    return this.attended.length + this.unattended.length;
  }

  /** @returns `null` when the signal came first. */
  async join(signal: AbortSignal, attended: boolean, timeLeftMs: number): Promise<Turn | null> {
    if (signal.aborted) return null;
    const line = attended ? this.attended : this.unattended;
    return new Promise((resolve) => {
      const leave = (): void => {
        line.splice(line.indexOf(waiter), 1);
        resolve(null);
      };
      const waiter: Waiter<Turn> = {
        until: performance.now() + timeLeftMs,
        take: (turn) => {
          signal.removeEventListener('abort', leave);
          resolve(turn);
        },
      };
      line.push(waiter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** Who is next, with the milliseconds that it can still wait. Its `take` must be called. */
  next(): { readonly timeLeftMs: number; readonly take: (turn: Turn) => void } | null {
    const waiter = this.attended.shift() ?? this.unattended.shift();
    return waiter ? { timeLeftMs: waiter.until - performance.now(), take: waiter.take } : null;
  }
}

interface Waiter<Turn> {
  readonly until: number;
  readonly take: (turn: Turn) => void;
}
