import { Logger } from '@nestjs/common';

import type { Clock } from '../time/clock.js';
import type { PaceRepository } from './pace.repository.js';
import { pauseFor } from './pause-for.js';
import { WaitingLine } from './waiting-line.js';

/** Permits that lie further ahead are not reserved: whoever would wait so long hears it at once. */
const HORIZON_MS = 10_000;
/** A block is a tenth of a second at most, and what is left of it is void a tenth later. */
const BLOCK_MS = 100;
const AGAIN_MS = 250;

/** A turn has its time; `tooLate` = the first possible time is behind the deadline. */
type Turn = { readonly at: Date } | { readonly tooLate: Date };

export type RateAnswer = { readonly kind: 'go'; readonly at: Date } | { readonly kind: 'paused'; readonly until: Date };

export interface RateRequest {
  readonly signal: AbortSignal;
  readonly timeLeftMs: number;
  readonly attended: boolean;
}

/**
 * Calls of one provider in a second, over all processes. Every permit is a time of its own in one row, so no second
 * holds more than the limit and a tenth. Calls that wait together are served by one statement.
 */
export class RateGate {
  private readonly log = new Logger('Pace');
  private readonly line = new WaitingLine<Turn>();
  private permits: Date[] = [];
  private block = 1;
  private filling = false;

  constructor(
    private readonly provider: string,
    private readonly perSecond: number,
    private readonly rows: PaceRepository,
    private readonly clock: Clock,
  ) {}

  /** @returns `null` when the signal came first. */
  async take({ signal, timeLeftMs, attended }: RateRequest): Promise<RateAnswer | null> {
    const waiting = this.line.join(signal, attended, timeLeftMs);
    void this.fill();
    const turn = await waiting;
    if (turn === null) return null;
    if ('tooLate' in turn) return { kind: 'paused', until: turn.tooLate };
    const waited = await pauseFor(turn.at.getTime() - this.clock.now().getTime(), signal);
    if (waited) return { kind: 'go', at: turn.at };
    this.giveBack(turn.at);
    return null;
  }

  /** A permit that was not used; it is void soon. */
  giveBack(at: Date): void {
    this.permits.unshift(at);
    void this.fill();
  }

  private async fill(): Promise<void> {
    if (this.filling) return;
    this.filling = true;
    try {
      this.serve();
      while (this.line.length > 0) {
        await this.reserve();
        this.serve();
      }
    } finally {
      this.filling = false;
    }
  }

  private serve(): void {
    const oldest = this.clock.now().getTime() - BLOCK_MS;
    const valid = this.permits.filter((at) => at.getTime() >= oldest);
    if (valid.length < this.permits.length) this.block = 1;
    this.permits = valid;
    for (let at = this.permits[0]; at !== undefined && this.line.length > 0; at = this.permits[0]) {
      const next = this.line.next();
      const waitMs = at.getTime() - this.clock.now().getTime();
      if (next && waitMs > next.timeLeftMs) next.take({ tooLate: at });
      else if (next && this.permits.shift()) next.take({ at });
    }
  }

  /** Twice as many as the last time while they are used up, so that a busy process asks ten times a second. */
  private async reserve(): Promise<void> {
    const most = Math.max(1, Math.floor((this.perSecond * BLOCK_MS) / 1000));
    const count = Math.min(Math.max(this.line.length, this.block), Math.max(1, Math.floor(this.perSecond)));
    this.block = Math.min(most, this.block * 2);
    const now = this.clock.now();
    const stepMs = 1000 / this.perSecond;
    const horizon = new Date(now.getTime() + HORIZON_MS);
    try {
      const first = await this.rows.reservePermits({ provider: this.provider, count, stepMs, now, horizon });
      if (first === null) this.refuseAll(horizon);
      else this.permits.push(...times(first, count, stepMs));
    } catch (error) {
      this.log.warn({ provider: this.provider, err: error }, 'no permits from the database, trying again');
      await pauseFor(AGAIN_MS, NEVER);
    }
  }

  private refuseAll(until: Date): void {
    for (let next = this.line.next(); next; next = this.line.next()) next.take({ tooLate: until });
  }
}

const NEVER = new AbortController().signal;

function times(first: Date, count: number, stepMs: number): Date[] {
  return Array.from({ length: count }, (_none, index) => new Date(first.getTime() + index * stepMs));
}
