/** The only source of the time. Tests and the sandbox bind a `MovableClock`. */
export abstract class Clock {
  abstract now(): Date;
}

export class SystemClock extends Clock {
  override now(): Date {
    return new Date();
  }
}

/** Runs with the system's clock, shifted by what was advanced; frozen it stands still until advanced. */
export class MovableClock extends Clock {
  private shiftMs = 0;
  private frozenAt: number | null = null;

  static frozenAt(at: Date): MovableClock {
    const clock = new MovableClock();
    clock.frozenAt = at.getTime();
    return clock;
  }

  override now(): Date {
    return new Date((this.frozenAt ?? Date.now()) + this.shiftMs);
  }

  /** @param ms milliseconds forward. @throws RangeError for a step back: time never runs backwards here. */
  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) throw new RangeError('The clock only moves forward.');
    this.shiftMs += ms;
  }
}
