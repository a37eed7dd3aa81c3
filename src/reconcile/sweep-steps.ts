import { Injectable, Logger } from '@nestjs/common';

import type { Provider } from '../credentials/provider.js';
import { CheckMissed } from './check-missed.js';
import { CompareCredentials } from './compare-credentials.js';
import { FinishSweep } from './finish-sweep.js';
import { SightingRepository } from './persistence/sighting.repository.js';
import type { Sweep } from './persistence/sweep.repository.js';
import { UpstreamCredentials } from './upstream-credentials.js';

const CONNECTIONS_AT_ONCE = 20;

export interface Step {
  /** Orphans. */
  readonly found: number;
  /** Where the sweep goes on; `null` = the provider cannot be asked now, and the next run does this step again. */
  readonly to: Pick<Sweep, 'phase' | 'cursor' | 'afterId'> | null;
}

/** One bounded part of a sweep. Doing it twice does no harm. */
@Injectable()
export class SweepSteps {
  private readonly log = new Logger(SweepSteps.name);

  constructor(
    private readonly upstream: UpstreamCredentials,
    private readonly comparison: CompareCredentials,
    private readonly missed: CheckMissed,
    private readonly sightings: SightingRepository,
    private readonly ending: FinishSweep,
  ) {}

  async next(provider: Provider, sweep: Sweep, signal: AbortSignal): Promise<Step> {
    return sweep.phase === 'upstream' ? this.compare(provider, sweep, signal) : this.checkMissed(sweep, signal);
  }

  private async compare(provider: Provider, sweep: Sweep, signal: AbortSignal): Promise<Step> {
    const batch = await this.upstream.next(provider, sweep, signal);
    if (!batch.ok) {
      const { code } = batch.failure;
      this.log.warn({ provider: provider.id, code }, 'the provider cannot list what it has now');
      // A place that it no longer knows: from the beginning.
      const restart = code === 'credential.invalid_input' && sweep.cursor !== null;
      return { found: 0, to: restart ? { phase: 'upstream', cursor: null, afterId: null } : null };
    }
    const found = await this.comparison.run(sweep, batch.value.found);
    const { next } = batch.value;
    return { found, to: next ? { phase: 'upstream', ...next } : { phase: 'local', cursor: null, afterId: null } };
  }

  private async checkMissed(sweep: Sweep, signal: AbortSignal): Promise<Step> {
    const ids = await this.sightings.missed(sweep.provider, sweep.startedAt, sweep.afterId, CONNECTIONS_AT_ONCE);
    let found = 0;
    for (const id of ids) {
      const result = signal.aborted ? 'stop' : await this.missed.run(id);
      if (result === 'stop') return { found, to: null };
      if (result === 'reported') found += 1;
    }
    const last = ids.at(-1);
    if (ids.length === CONNECTIONS_AT_ONCE && last !== undefined) {
      return { found, to: { phase: 'local', cursor: null, afterId: last } };
    }
    await this.ending.run(sweep);
    return { found, to: { phase: 'done', cursor: null, afterId: null } };
  }
}
