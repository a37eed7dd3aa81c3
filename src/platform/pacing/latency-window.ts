const MINUTE_MS = 60_000;
const MINUTES = 5;
/** Upper bounds in milliseconds, each a quarter above the one before: 1 ms to about 30 s. */
const BOUNDS: readonly number[] = Array.from({ length: 47 }, (_none, index) => 1.25 ** index);

interface Minute {
  readonly number: number;
  readonly counts: number[];
}

/** How long the calls of the last five minutes took. Its size does not depend on their number. */
export class LatencyWindow {
  private minutes: Minute[] = [];

  /** @param nowMs of a clock that only runs forward. */
  add(durationMs: number, nowMs: number): void {
    const number = Math.floor(nowMs / MINUTE_MS);
    let minute = this.minutes.at(-1);
    if (minute?.number !== number) {
      minute = { number, counts: BOUNDS.map(() => 0) };
      this.minutes = [...this.minutes.slice(1 - MINUTES), minute];
    }
    const found = BOUNDS.findIndex((bound) => durationMs <= bound);
    const at = found < 0 ? BOUNDS.length - 1 : found;
    minute.counts[at] = (minute.counts[at] ?? 0) + 1;
  }

  calls(nowMs: number): number {
    return this.counts(nowMs).reduce((sum, count) => sum + count, 0);
  }

  /** @param share e.g. 0.95. @returns milliseconds, at most a quarter too high; `null` without calls. */
  quantile(share: number, nowMs: number): number | null {
    const counts = this.counts(nowMs);
    const rank = Math.ceil(this.calls(nowMs) * share);
    let seen = 0;
    for (const [index, count] of counts.entries()) {
      seen += count;
      if (rank > 0 && seen >= rank) return Math.round(BOUNDS[index] ?? 0);
    }
    return null;
  }

  private counts(nowMs: number): number[] {
    const oldest = Math.floor(nowMs / MINUTE_MS) - MINUTES + 1;
    const live = this.minutes.filter(({ number }) => number >= oldest);
    return BOUNDS.map((_bound, index) => live.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0));
  }
}
