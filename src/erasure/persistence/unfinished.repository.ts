import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** What may have left a credential at a provider. */
export interface Unfinished {
  readonly provider: string;
  /** Why nobody knows. */
  readonly code: string;
  readonly count: number;
}

/**
 * What holds up the burial of a user: hosted visits that are not over, creations under way, and former credentials that
 * their providers have not deleted.
 */
@Injectable()
export class UnfinishedRepository {
  constructor(private readonly database: DataSource) {}

  /** The retirement asks for these first. Those that another process asks for now stay with it. */
  async makeDue(userId: string, now: Date): Promise<void> {
    await this.database.query(
      `UPDATE former_credentials SET due_at = to_timestamp(0)
        WHERE user_id = $1 AND (leased_until IS NULL OR leased_until <= $2)`,
      [userId, now],
    );
  }

  /** Providers that have not deleted a former credential of the user. */
  async providersOfFormers(userId: string): Promise<string[]> {
    const rows = await this.database.query<{ provider: string }[]>(
      `SELECT DISTINCT provider FROM former_credentials WHERE user_id = $1 ORDER BY provider`,
      [userId],
    );
    return rows.map(({ provider }) => provider);
  }

  /**
   * Ends it all. The user's row must be locked until the user is buried: then a process that is still about it finds no
   * user, and deletes the credential that it got.
   */
  async end(manager: EntityManager, userId: string): Promise<Unfinished[]> {
    return manager.query<Unfinished[]>(
      `WITH creations AS (
         DELETE FROM connection_creations WHERE user_id = $1 RETURNING provider, 'connection.create_in_progress' AS code
       ), visits AS (
         DELETE FROM link_sessions WHERE user_id = $1 AND status IN ('open', 'completing')
         RETURNING provider, 'connection.create_in_progress' AS code
       ), formers AS (
         DELETE FROM former_credentials WHERE user_id = $1
         RETURNING provider, coalesce(last_failure, 'credential.busy') AS code)
       SELECT provider, code, count(*)::int AS count
         FROM (SELECT * FROM creations UNION ALL SELECT * FROM visits UNION ALL SELECT * FROM formers) AS ended
        GROUP BY provider, code ORDER BY provider, code`,
      [userId],
    );
  }
}
