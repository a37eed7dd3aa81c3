import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/time/clock.js';
import { OrphanRepository } from './persistence/orphan.repository.js';
import { SightingRepository } from './persistence/sighting.repository.js';
import { SuspectRepository } from './persistence/suspect.repository.js';
import type { Sweep } from './persistence/sweep.repository.js';

const PRUNED_AT_ONCE = 10_000;

/** What a whole sweep tells: which suspicions and orphans are over. */
@Injectable()
export class FinishSweep {
  constructor(
    private readonly suspects: SuspectRepository,
    private readonly orphans: OrphanRepository,
    private readonly sightings: SightingRepository,
    private readonly clock: Clock,
  ) {}

  async run(sweep: Sweep): Promise<void> {
    const now = this.clock.now();
    await this.suspects.forgetUnseen(sweep, now);
    await this.orphans.closeLocal(sweep.provider, now);
    await this.sightings.prune(PRUNED_AT_ONCE);
  }
}
