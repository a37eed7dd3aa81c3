import { Logger } from '@nestjs/common';

import type { Clock } from '../time/clock.js';
import type { PaceRepository } from './pace.repository.js';
import { pauseFor } from './pause-for.js';
import { WaitingLine } from './waiting-line.js';

/** A process that dies gives its places back after so long. */
const LEASE_MS = 10_000;
/** How often a process extends its lease and gives up what it does not need. After the last call, the next finds a place. */
const RENEW_MS = 1_000;
/** While calls wait for a place that another process has. */
const AGAIN_MS = 100;

export interface LeasedPlacesParts {
  readonly provider: string;
  readonly process: string;
  readonly attended: boolean;
  /** Over all processes. */
  readonly limit: number;
  readonly rows: PaceRepository;
  readonly clock: Clock;
}

/** Calls of one provider at the same time, over all processes: this process's part, leased from the common row. */
export class LeasedPlaces {
  private readonly log = new Logger('Pace');
  private readonly line = new WaitingLine<true>();
  private places = 0;
  private allowed = 0;
  private leaseUntil = new Date(0);
  private running = 0;
  private working = false;
  private wake = new AbortController();
  private closed = false;

  constructor(private readonly parts: LeasedPlacesParts) {}

  get inUse(): number {
    return this.running;
  }

  /** @returns false when the signal came first. */
  async take(signal: AbortSignal, timeLeftMs: number): Promise<boolean> {
    if (this.line.length === 0 && this.running < this.usable()) {
      this.running += 1;
      return !signal.aborted || this.leave();
    }
    const waiting = this.line.join(signal, false, timeLeftMs);
    this.wake.abort();
    void this.work();
    return (await waiting) === true;
  }

  release(): void {
    this.running -= 1;
    this.admit();
  }

  /** At shutdown: others need not wait for the lease to end. */
  async close(): Promise<void> {
    this.closed = true;
    this.wake.abort();
    if (this.places > 0) await this.giveBack();
  }

  private leave(): false {
    this.release();
    return false;
  }

  private isNeeded(): boolean {
    return !this.closed && (this.running > 0 || this.line.length > 0);
  }

  private usable(): number {
    return this.leaseUntil > this.parts.clock.now() ? this.allowed : 0;
  }

  private admit(): void {
    while (this.line.length > 0 && this.running < this.usable()) {
      this.running += 1;
      this.line.next()?.take(true);
    }
  }

  /** One at a time, while there are calls and for a moment after the last. */
  private async work(): Promise<void> {
    if (this.working || !this.isNeeded()) return;
    this.working = true;
    try {
      while (this.isNeeded()) {
        const enough = await this.lease();
        this.admit();
        // Who joined meanwhile was not asked for yet.
        if (this.line.length === 0 || !enough) await this.rest(enough ? RENEW_MS : AGAIN_MS);
      }
      if (this.places > 0) await this.giveBack();
    } finally {
      this.working = false;
    }
    if (this.line.length > 0) void this.work();
  }

  /** @returns false when this or another process wants more than it got. */
  private async lease(): Promise<boolean> {
    const { provider, process, attended, limit, rows, clock } = this.parts;
    const now = clock.now();
    const leaseUntil = new Date(now.getTime() + LEASE_MS);
    const { running } = this;
    const wanted = running + this.line.length;
    try {
      const granted = await rows.claimPlaces({ provider, process, attended, limit, wanted, running, now, leaseUntil });
      this.places = granted.places;
      this.allowed = granted.allowed;
      this.leaseUntil = leaseUntil;
      return !granted.contended && granted.allowed >= wanted;
    } catch (error) {
      this.log.warn({ provider, err: error }, 'no places from the database, trying again');
      return false;
    }
  }

  /** The next call that finds no place ends the rest, unless the others were asked a moment ago. */
  private async rest(ms: number): Promise<void> {
    this.wake = new AbortController();
    const never = new AbortController().signal;
    await pauseFor(ms, ms === AGAIN_MS ? never : this.wake.signal);
  }

  private async giveBack(): Promise<void> {
    const { provider, process, attended, rows } = this.parts;
    this.places = 0;
    this.allowed = 0;
    try {
      await rows.givePlacesBack(provider, process, attended);
    } catch (error) {
      this.log.warn({ provider, err: error }, 'places go back when their lease ends');
    }
  }
}
