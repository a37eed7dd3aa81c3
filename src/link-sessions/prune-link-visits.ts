import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/time/clock.js';
import { LinkSessionRepository } from './persistence/link-session.repository.js';

/** Long enough for any question about a visit; what it did stands in the connection's history. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** Removes hosted visits that ended long ago. */
@Injectable()
export class PruneLinkVisits {
  constructor(
    private readonly visits: LinkSessionRepository,
    private readonly clock: Clock,
  ) {}

  /** @returns how many were removed. */
  async run(): Promise<number> {
    return this.visits.prune(new Date(this.clock.now().getTime() - KEPT_MS));
  }
}
