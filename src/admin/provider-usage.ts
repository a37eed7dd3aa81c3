import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { LoadingCache } from '../platform/http/loading-cache.js';
import { PaceRepository } from '../platform/pacing/pace.repository.js';
import { Clock } from '../platform/time/clock.js';

const DAY_MS = 24 * 3_600_000;
/** Attempts that are counted at most, newest first, and how long the count is kept. */
const COUNTED = 100_000;
const KEPT_MS = 30_000;

/** What all processes together use of the providers. */
@Injectable()
export class ProviderUsage {
  private readonly spent: LoadingCache<ReadonlyMap<string, number>>;

  constructor(
    private readonly database: DataSource,
    private readonly rows: PaceRepository,
    private readonly clock: Clock,
  ) {
    this.spent = new LoadingCache(1, clock);
  }

  /** Places for calls, by provider. */
  async places(): Promise<ReadonlyMap<string, number>> {
    return this.rows.placesHeld(this.clock.now());
  }

  /** Unattended refreshes of the last 24 hours, by provider. */
  async spentToday(): Promise<ReadonlyMap<string, number>> {
    return this.spent.get('spent', async () => {
      const now = this.clock.now();
      const rows = await this.database.query<{ provider: string; spent: number }[]>(
        `SELECT c.provider, count(*)::int AS spent FROM (
           SELECT connection_id FROM refresh_attempts WHERE started_at > $1 AND spent AND NOT attended
           ORDER BY started_at DESC LIMIT $2) AS newest
         JOIN connections c ON c.id = newest.connection_id GROUP BY c.provider`,
        [new Date(now.getTime() - DAY_MS), COUNTED],
      );
      const value = new Map(rows.map(({ provider, spent }) => [provider, spent]));
      return { value, keepUntil: new Date(now.getTime() + KEPT_MS) };
    });
  }
}
