import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';

import { Clock, SystemClock } from '../time/clock.js';
import { DatabaseClock } from './database-clock.js';

const EVERY_MS = 60_000;
/** Leases and limits that processes share are times: a few seconds are all that they bear. */
const BEARABLE_MS = 2_000;

/**
 * Compares this machine's clock with the database's, which all processes share. A warning only: a process whose clock is
 * wrong still answers, and taking it away helps nobody.
 */
@Injectable()
export class ClockSkew implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('ClockSkew');
  private readonly gauge: Gauge;
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private warned = false;

  constructor(
    private readonly theirs: DatabaseClock,
    private readonly ours: Clock,
    registry: Registry,
  ) {
    this.gauge = new Gauge({
      name: 'mooring_clock_skew_seconds',
      help: "How far this process's clock is ahead of the database's; NaN = not known.",
      registers: [registry],
    });
    this.gauge.set(Number.NaN);
  }

  onApplicationBootstrap(): void {
    // A clock that is moved by hand, as in the sandbox, says nothing about the machine.
    if (!(this.ours instanceof SystemClock)) return;
    this.running = this.check();
    this.timer = setInterval(() => {
      this.running = this.running.then(async () => this.check());
    }, EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.running;
  }

  /** Never fails: whether the database answers is said by another check. */
  private async check(): Promise<void> {
    let asked = this.ours.now();
    try {
      const { at, roundTripMs } = await this.theirs.read(() => {
        asked = this.ours.now();
      });
      const half = roundTripMs / 2;
      const aheadMs = asked.getTime() + half - at.getTime();
      this.gauge.set(aheadMs / 1000);
      // The true difference is within half a round trip of this one: a slow answer is no wrong clock.
      this.judge(aheadMs, Math.abs(aheadMs) - half > BEARABLE_MS);
    } catch {
      this.gauge.set(Number.NaN);
    }
  }

  /** One line for each time that the clocks come apart. */
  private judge(aheadMs: number, apart: boolean): void {
    if (apart && !this.warned) {
      const aheadSeconds = Math.round(aheadMs) / 1000;
      this.logger.warn({ msg: 'the clock of this machine is not the clock of the database', aheadSeconds });
    }
    this.warned = apart;
  }
}
