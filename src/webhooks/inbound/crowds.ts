/** Nobody changes faster than that. */
const CALM_PER_WINDOW = 20;
const WINDOW_MS = 1_000;

/** Which subjects get so many webhooks that some of them may wait a little. */
export class Crowds {
  private before = new Map<string, number>();
  private current = new Map<string, number>();
  private since = 0;

  /** Counts one. @param nowMs of a clock that never goes back. @returns whether it belongs to a crowd */
  add(subject: string, nowMs: number): boolean {
    if (nowMs - this.since >= WINDOW_MS) {
      this.before = nowMs - this.since < 2 * WINDOW_MS ? this.current : new Map<string, number>();
      this.current = new Map();
      this.since = nowMs;
    }
    const count = (this.current.get(subject) ?? 0) + 1;
    this.current.set(subject, count);
    return Math.max(count, this.before.get(subject) ?? 0) > CALM_PER_WINDOW;
  }
}
