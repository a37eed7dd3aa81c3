import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { ExplainedAttempt } from '../domain/explained-facts.js';

/** What only explanations read: the last attempts, and how often a bank refused one login. */
@Injectable()
export class ExplanationRepository {
  constructor(private readonly database: DataSource) {}

  /** Newest first. */
  async lastAttempts(connectionId: string, limit: number): Promise<ExplainedAttempt[]> {
    return this.database.query<ExplainedAttempt[]>(
      `SELECT started_at AS "startedAt", finished_at AS "finishedAt", trigger, attended, reason, outcome, spent
         FROM refresh_attempts WHERE connection_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2`,
      [connectionId, limit],
    );
  }

  /** How often the bank refused one and the same input for this login. */
  async mostRefused(login: string): Promise<number> {
    const rows = await this.database.query<{ refused: number | null }[]>(
      `SELECT max(refused) AS refused FROM login_refusals WHERE login_lookup = $1`,
      [login],
    );
    return rows[0]?.refused ?? 0;
  }
}
