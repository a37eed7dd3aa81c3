import { v7 } from 'uuid';

import type { Clock } from '../../src/platform/time/clock.js';
import { Ids } from '../../src/platform/ids/ids.js';

/** Chance that can be repeated: the same seed gives the same draws. */
export class Dice {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed >>> 0;
  }

  /** 0 to below 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** @throws RangeError for nothing to choose from. */
  one<T>(of: readonly T[]): T {
    const chosen = of[Math.floor(this.next() * of.length)];
    if (chosen === undefined) throw new RangeError('There is nothing to choose from.');
    return chosen;
  }
}

/** Connections have their place in the rhythm by their id, so a year is only the same with the same ids. */
export class RepeatedIds extends Ids {
  private readonly dice: Dice;
  private seq = 0;

  constructor(
    seed: number,
    private readonly clock: Clock,
  ) {
    super();
    this.dice = new Dice(seed);
  }

  override next(): string {
    this.seq += 1;
    const random = Uint8Array.from({ length: 16 }, () => this.dice.between(0, 255));
    return v7({ msecs: this.clock.now().getTime(), seq: this.seq, random });
  }
}
