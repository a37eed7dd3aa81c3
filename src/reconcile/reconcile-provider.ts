import { Injectable } from '@nestjs/common';

import type { Provider } from '../credentials/provider.js';
import { Clock } from '../platform/time/clock.js';
import { SweepRepository, type Sweep } from './persistence/sweep.repository.js';
import { SweepSteps } from './sweep-steps.js';
import { canReconcile } from './upstream-credentials.js';

/** Between the starts of two sweeps. */
export const SWEEP_EVERY_MS = 3_600_000;
/** Parts in one run: pages of a census, or groups of twenty users or connections. */
const STEPS_IN_RUN = 50;

export interface SweepReport {
  /** `overtaken`: another process has gone on meanwhile. */
  readonly outcome: 'unsupported' | 'resting' | 'going_on' | 'finished' | 'stopped' | 'overtaken';
  /** Orphans found in this run. */
  readonly reported: number;
}

/**
 * Compares what a provider has with our connections, a bounded part in each run. A sweep goes on where the last run
 * ended; the next one begins an hour after it began at the earliest.
 */
@Injectable()
export class ReconcileProvider {
  constructor(
    private readonly sweeps: SweepRepository,
    private readonly steps: SweepSteps,
    private readonly clock: Clock,
  ) {}

  async run(provider: Provider, signal: AbortSignal): Promise<SweepReport> {
    if (!canReconcile(provider)) return { outcome: 'unsupported', reported: 0 };
    let sweep = await this.current(provider.id);
    if (!sweep) return { outcome: 'resting', reported: 0 };
    let reported = 0;
    for (let step = 0; step < STEPS_IN_RUN && !signal.aborted; step++) {
      const { found, to } = await this.steps.next(provider, sweep, signal);
      reported += found;
      if (!to) return { outcome: 'stopped', reported };
      const next = await this.sweeps.goOn(sweep, to);
      if (!next) return { outcome: 'overtaken', reported };
      if (next.phase === 'done') return { outcome: 'finished', reported };
      sweep = next;
    }
    return { outcome: 'going_on', reported };
  }

  /** @returns `null` while it is too early, or when another process has just begun. */
  private async current(provider: string): Promise<Sweep | null> {
    const last = await this.sweeps.find(provider);
    if (last && last.phase !== 'done') return last;
    const now = this.clock.now();
    if (last && now.getTime() - last.startedAt.getTime() < SWEEP_EVERY_MS) return null;
    return this.sweeps.begin(provider, last, now);
  }
}
