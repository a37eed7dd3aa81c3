import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { SecretValue } from '../../credentials/secret-value.js';
import { Sealer } from '../../platform/crypto/sealer.js';
import { Ids } from '../../platform/ids/ids.js';
import { APART_MS } from '../orphan.js';
import { credentialAddress } from './orphan.repository.js';
import type { Sweep } from './sweep.repository.js';

export interface Suspect {
  readonly lookup: string;
  readonly credentialId: SecretValue;
  /** A user of ours; `null` = the provider names none, or none that has the form of our ids. */
  readonly userId: string | null;
}

/** What was dealt with and is there again begins anew; what an operator ignores stays so. */
const SUSPECT = `
  INSERT INTO orphans (id, provider, kind, status, credential_sealed, credential_lookup, user_id, first_seen_at, last_seen_at)
  VALUES ($1, $2, 'upstream', 'suspected', $3, $4, (SELECT id FROM users WHERE id = $5::uuid), $6, $6)
  ON CONFLICT (provider, credential_lookup) WHERE kind = 'upstream' DO UPDATE SET
    last_seen_at = excluded.last_seen_at, user_id = coalesce(orphans.user_id, excluded.user_id),
    status = CASE WHEN orphans.status IN ('deleted', 'gone') THEN 'suspected' ELSE orphans.status END,
    id = CASE WHEN orphans.status IN ('deleted', 'gone') THEN excluded.id ELSE orphans.id END,
    credential_sealed = CASE WHEN orphans.status IN ('deleted', 'gone') THEN excluded.credential_sealed
      ELSE orphans.credential_sealed END,
    first_seen_at = CASE WHEN orphans.status IN ('deleted', 'gone') THEN excluded.first_seen_at
      ELSE orphans.first_seen_at END,
    reported_at = CASE WHEN orphans.status IN ('deleted', 'gone') THEN NULL ELSE orphans.reported_at END,
    resolved_at = CASE WHEN orphans.status IN ('deleted', 'gone') THEN NULL ELSE orphans.resolved_at END,
    resolved_by = CASE WHEN orphans.status IN ('deleted', 'gone') THEN NULL ELSE orphans.resolved_by END`;

/**
 * Seen in an earlier sweep too and long enough ago. What began before the first sighting may have made it; what began
 * later cannot.
 */
const REPORT = `
  UPDATE orphans AS o SET status = 'open', reported_at = $3
   WHERE o.provider = $1 AND o.kind = 'upstream' AND o.status = 'suspected' AND o.credential_lookup = ANY ($2)
     AND o.first_seen_at < $4 AND o.first_seen_at <= $5
     AND NOT EXISTS (SELECT 1 FROM connection_creations AS b WHERE b.provider = o.provider
       AND b.created_at <= o.first_seen_at AND (o.user_id IS NULL OR b.user_id = o.user_id))
     AND NOT EXISTS (SELECT 1 FROM link_sessions AS b WHERE b.provider = o.provider
       AND b.status IN ('open', 'completing') AND b.created_at <= o.first_seen_at
       AND (o.user_id IS NULL OR b.user_id = o.user_id))
   RETURNING o.id`;

/** Upstream credentials on their way to being orphans, and away from it. */
@Injectable()
export class SuspectRepository {
  constructor(
    private readonly database: DataSource,
    private readonly sealer: Sealer,
    private readonly ids: Ids,
  ) {}

  async see(provider: string, suspects: readonly Suspect[], now: Date): Promise<void> {
    for (const { lookup, credentialId, userId } of suspects) {
      const known = await this.database.query<unknown[]>(TOUCH, [provider, lookup, now]);
      if (known[1] === 1) continue;
      const id = this.ids.next();
      const sealed = this.sealer.seal(credentialId, credentialAddress(id));
      await this.database.query(SUSPECT, [id, provider, sealed, lookup, userId, now]);
    }
  }

  /** @returns how many became orphans. */
  async report(sweep: Sweep, lookups: readonly string[], now: Date): Promise<number> {
    const apart = new Date(now.getTime() - APART_MS);
    const [rows] = await this.database.query<[unknown[], number]>(REPORT, [
      sweep.provider,
      lookups,
      now,
      sweep.startedAt,
      apart,
    ]);
    return rows.length;
  }

  /** A connection has them now. */
  async acquit(provider: string, lookups: readonly string[], now: Date): Promise<void> {
    await this.database.query(
      `DELETE FROM orphans WHERE provider = $1 AND kind = 'upstream' AND status = 'suspected' AND credential_lookup = ANY ($2)`,
      [provider, lookups],
    );
    await this.gone(`credential_lookup = ANY ($3)`, provider, now, lookups);
  }

  /** At the end of a sweep. What one sweep misses proves nothing: an open orphan must be missed by two. */
  async forgetUnseen(sweep: Sweep, now: Date): Promise<void> {
    await this.database.query(
      `DELETE FROM orphans WHERE provider = $1 AND kind = 'upstream' AND status = 'suspected' AND last_seen_at < $2`,
      [sweep.provider, sweep.startedAt],
    );
    if (sweep.previousStartedAt) await this.gone(`last_seen_at < $3`, sweep.provider, now, sweep.previousStartedAt);
  }

  private async gone(which: string, provider: string, now: Date, value: unknown): Promise<void> {
    await this.database.query(
      `UPDATE orphans SET status = 'gone', resolved_at = $2, resolved_by = 'reconcile', credential_sealed = NULL
        WHERE provider = $1 AND kind = 'upstream' AND status IN ('open', 'ignored') AND ${which}`,
      [provider, now, value],
    );
  }
}

const TOUCH = `
  UPDATE orphans SET last_seen_at = $3
   WHERE provider = $1 AND credential_lookup = $2 AND kind = 'upstream' AND status IN ('suspected', 'open', 'ignored')`;
