import { Injectable } from '@nestjs/common';

import { ConnectionMapper } from '../connections/persistence/connection.mapper.js';
import { Clock } from '../platform/time/clock.js';
import { SightingRepository } from './persistence/sighting.repository.js';
import { SuspectRepository } from './persistence/suspect.repository.js';
import type { Sweep } from './persistence/sweep.repository.js';
import type { FoundCredential } from './upstream-credentials.js';

/** Compares a part of what a provider has with our connections. */
@Injectable()
export class CompareCredentials {
  constructor(
    private readonly mapper: ConnectionMapper,
    private readonly sightings: SightingRepository,
    private readonly suspects: SuspectRepository,
    private readonly clock: Clock,
  ) {}

  /** @returns how many are orphans from now on. */
  async run(sweep: Sweep, found: readonly FoundCredential[]): Promise<number> {
    if (found.length === 0) return 0;
    const now = this.clock.now();
    const { provider } = sweep;
    const all = found.map((each) => ({ ...each, lookup: this.mapper.credentialLookup(provider, each.credentialId) }));
    const known = await this.sightings.seen(
      provider,
      all.map(({ lookup }) => lookup),
      now,
    );
    const strange = all.filter(({ lookup }) => !known.has(lookup));
    await this.suspects.acquit(provider, [...known], now);
    await this.suspects.see(provider, strange, now);
    const lookups = strange.map(({ lookup }) => lookup);
    return this.suspects.report(sweep, lookups, now);
  }
}
