import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { grantPlaces, type PlacesGranted, type PlacesHeld, type PlacesWanted } from './grant-places.js';

/** What holds for one provider in every process. */
export interface PaceState {
  readonly provider: string;
  readonly enabled: boolean;
  readonly pausedUntil: Date | null;
  readonly pausedReason: string | null;
}

export interface PlacesClaim extends PlacesWanted {
  readonly provider: string;
  readonly process: string;
  readonly now: Date;
  readonly leaseUntil: Date;
}

export interface PermitClaim {
  readonly provider: string;
  readonly count: number;
  /** Milliseconds between two permits. */
  readonly stepMs: number;
  readonly now: Date;
  /** Nothing is reserved behind this time. */
  readonly horizon: Date;
}

/** The rows in which all processes agree on how fast a provider is called. */
@Injectable()
export class PaceRepository {
  constructor(private readonly database: DataSource) {}

  /** All providers that have a row: as many as there are adapters. */
  async states(): Promise<readonly PaceState[]> {
    return this.database.query<PaceState[]>(
      `SELECT provider, enabled, paused_until AS "pausedUntil", paused_reason AS "pausedReason" FROM provider_pace`,
    );
  }

  /** A shorter pause does not end a longer one. */
  async pause(provider: string, until: Date, reason: string): Promise<void> {
    await this.database.query(
      `INSERT INTO provider_pace (provider, paused_until, paused_reason) VALUES ($1, $2, $3)
       ON CONFLICT (provider) DO UPDATE SET paused_until = EXCLUDED.paused_until, paused_reason = EXCLUDED.paused_reason
       WHERE provider_pace.paused_until IS NULL OR provider_pace.paused_until < EXCLUDED.paused_until`,
      [provider, until, reason],
    );
  }

  /** Switching on also ends a pause. @param manager of the transaction that records who did it. */
  async setEnabled(provider: string, enabled: boolean, manager: EntityManager): Promise<void> {
    await manager.query(
      `INSERT INTO provider_pace (provider, enabled) VALUES ($1, $2)
       ON CONFLICT (provider) DO UPDATE SET enabled = $2,
         paused_until = CASE WHEN $2 THEN NULL ELSE provider_pace.paused_until END,
         paused_reason = CASE WHEN $2 THEN NULL ELSE provider_pace.paused_reason END`,
      [provider, enabled],
    );
  }

  /** Takes the next free times. @returns the first of them, or `null` when they lie behind the horizon. */
  async reservePermits({ provider, count, stepMs, now, horizon }: PermitClaim): Promise<Date | null> {
    const rows = await this.database.query<{ end: Date }[]>(
      `INSERT INTO provider_pace (provider, next_free_at)
       VALUES ($1, $2::timestamptz + $3::float8 * interval '1 millisecond')
       ON CONFLICT (provider) DO UPDATE
         SET next_free_at = GREATEST(provider_pace.next_free_at, $2) + $3::float8 * interval '1 millisecond'
         WHERE GREATEST(provider_pace.next_free_at, $2) <= $4
       RETURNING next_free_at AS "end"`,
      [provider, now, count * stepMs, horizon],
    );
    const [row] = rows;
    return row ? new Date(row.end.getTime() - count * stepMs) : null;
  }

  /** Gives a process places for so many calls at once, or fewer. One process after the other. */
  async claimPlaces(claim: PlacesClaim): Promise<PlacesGranted> {
    return this.database.transaction(async (manager) => {
      const { provider, process, attended, wanted, now, leaseUntil } = claim;
      await manager.query(`INSERT INTO provider_pace (provider) VALUES ($1) ON CONFLICT DO NOTHING`, [provider]);
      await manager.query(`SELECT 1 FROM provider_pace WHERE provider = $1 FOR UPDATE`, [provider]);
      await manager.query(`DELETE FROM provider_places WHERE provider = $1 AND lease_until <= $2`, [provider, now]);
      const others = await manager.query<PlacesHeld[]>(
        `SELECT attended, places, wanted FROM provider_places
         WHERE provider = $1 AND NOT (process = $2 AND attended = $3)`,
        [provider, process, attended],
      );
      const granted = grantPlaces(claim, others);
      await manager.query(
        `INSERT INTO provider_places (provider, process, attended, places, wanted, lease_until)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (provider, process, attended) DO UPDATE SET places = $4, wanted = $5, lease_until = $6`,
        [provider, process, attended, granted.places, wanted, leaseUntil],
      );
      return granted;
    });
  }

  async givePlacesBack(provider: string, process: string, attended: boolean): Promise<void> {
    await this.database.query(`DELETE FROM provider_places WHERE provider = $1 AND process = $2 AND attended = $3`, [
      provider,
      process,
      attended,
    ]);
  }

  /** Places that processes hold now, by provider. */
  async placesHeld(now: Date): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ provider: string; places: number }[]>(
      `SELECT provider, sum(places)::int AS places FROM provider_places WHERE lease_until > $1 GROUP BY provider`,
      [now],
    );
    return new Map(rows.map(({ provider, places }) => [provider, places]));
  }
}
