import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Which of our connections a provider showed, and whom to ask about. */
@Injectable()
export class SightingRepository {
  constructor(private readonly database: DataSource) {}

  /**
   * @returns those of the credentials, by hash, that a live connection has; they are marked as seen. Also those that a
   * connection had before and that are being deleted.
   */
  async seen(provider: string, lookups: readonly string[], at: Date): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ lookup: string }[]>(
      `WITH ours AS (
         SELECT id, credential_lookup AS lookup FROM connections
          WHERE provider = $1 AND credential_lookup = ANY ($2) AND deleted_at IS NULL
       ), marked AS (
         INSERT INTO reconcile_sightings (connection_id, seen_at) SELECT id, $3 FROM ours ORDER BY id
           ON CONFLICT (connection_id) DO UPDATE SET seen_at = excluded.seen_at
       )
       SELECT lookup FROM ours
       UNION SELECT credential_lookup FROM former_credentials WHERE provider = $1 AND credential_lookup = ANY ($2)`,
      [provider, lookups, at],
    );
    return new Set(rows.map(({ lookup }) => lookup));
  }

  /**
   * Connections that were there before the sweep began and that it did not meet. Those that move, or are being deleted,
   * are somebody else's matter; failed ones that were reported already are not asked again.
   */
  async missed(provider: string, since: Date, after: string | null, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT c.id FROM connections c LEFT JOIN reconcile_sightings s ON s.connection_id = c.id
        WHERE c.provider = $1 AND c.deleted_at IS NULL AND c.created_at < $2 AND ($3::uuid IS NULL OR c.id > $3)
          AND c.credential_lookup IS NOT NULL AND (s.seen_at IS NULL OR s.seen_at < $2)
          AND c.state IN ('active', 'retrying', 'reauth_required', 'blocked', 'failed')
          AND NOT EXISTS (SELECT 1 FROM orphans o WHERE o.connection_id = c.id AND o.kind = 'local'
            AND o.status IN ('open', 'ignored'))
        ORDER BY c.id LIMIT $4`,
      [provider, since, after, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Our users that a provider knows, in the order of their ids. */
  async usersOf(provider: string, after: string | null, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ user_id: string }[]>(
      `SELECT user_id FROM provider_users WHERE provider = $1 AND ($2::uuid IS NULL OR user_id > $2)
        ORDER BY user_id LIMIT $3`,
      [provider, after, limit],
    );
    return rows.map((row) => row.user_id);
  }

  /** Of connections that are gone. */
  async prune(limit: number): Promise<void> {
    await this.database.query(
      `DELETE FROM reconcile_sightings WHERE connection_id IN (
         SELECT s.connection_id FROM reconcile_sightings s JOIN connections c ON c.id = s.connection_id
          WHERE c.deleted_at IS NOT NULL LIMIT $1)`,
      [limit],
    );
  }
}
