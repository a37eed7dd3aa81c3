import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { OidcConfig } from '../../../config/slices.js';
import { SENDABLE } from './delivery-sql.js';

/** What scheduled tasks do to events and deliveries, in bounded steps. */
@Injectable()
export class UpkeepRepository {
  constructor(
    private readonly database: DataSource,
    private readonly oidc: OidcConfig,
  ) {}

  /** Endpoints with something due, by id. Looks once at each endpoint, however much waits there. @param after an id, or '' */
  async dueEndpoints(now: Date, after: string, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT e.id FROM webhook_endpoints e LEFT JOIN clients c ON c.id = e.client_id
        WHERE e.id > $2 AND ${SENDABLE('$4')} AND EXISTS (SELECT 1 FROM webhook_deliveries d
          WHERE d.endpoint_id = e.id AND d.status = 'pending' AND d.next_attempt_at <= $1)
        ORDER BY e.id LIMIT $3`,
      [now, after, limit, this.oidc.provider !== null],
    );
    return rows.map(({ id }) => id);
  }

  /** Events from before a time, with their deliveries. @returns how many. */
  async prune(before: Date, limit: number): Promise<number> {
    const [, pruned] = await this.database.query<[unknown[], number]>(
      `DELETE FROM outgoing_events WHERE id IN (
         SELECT id FROM outgoing_events WHERE created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [before, limit],
    );
    return pruned;
  }
}
