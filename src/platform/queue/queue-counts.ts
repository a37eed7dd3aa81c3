import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { DEAD_LETTERS, QUEUE_SCHEMA } from './boss-options.js';

/** One queue as operators see it. */
export interface QueueCounts {
  readonly queue: string;
  readonly waiting: number;
  readonly active: number;
  /** Failed for good in the last minutes; their copies are among the dead letters. */
  readonly failed: number;
  readonly dead: number;
  /** Seconds that the oldest job which could run has waited; `null` when none does. */
  readonly oldestSeconds: number | null;
}

/** Depth and age without counting every row. */
export interface Backlog {
  readonly queue: string;
  readonly depth: number;
  readonly lagSeconds: number;
}

/** For each queue that many rows are looked at, however long it is. */
const LOOKED_AT = 10_000;

/** Reads pg-boss's tables. */
@Injectable()
export class QueueCountsReader {
  constructor(private readonly database: DataSource) {}

  async all(): Promise<readonly QueueCounts[]> {
    return this.database.query<QueueCounts[]>(
      `WITH jobs AS (
         SELECT name,
           count(*) FILTER (WHERE state < 'active')::int AS waiting,
           count(*) FILTER (WHERE state = 'active')::int AS active,
           count(*) FILTER (WHERE state = 'failed')::int AS failed,
           min(start_after) FILTER (WHERE state < 'active' AND start_after <= now()) AS oldest
         FROM ${QUEUE_SCHEMA}.job WHERE state <> 'completed' GROUP BY name
       ), dead AS (
         SELECT source_name AS name, count(*)::int AS dead
         FROM ${QUEUE_SCHEMA}.job WHERE name = $1 AND state <> 'completed' GROUP BY source_name
       )
       SELECT queue.name AS queue, coalesce(waiting, 0) AS waiting, coalesce(active, 0) AS active,
         coalesce(failed, 0) AS failed, coalesce(dead, 0) AS dead,
         round(extract(epoch FROM now() - oldest), 3)::float8 AS "oldestSeconds"
       FROM ${QUEUE_SCHEMA}.queue LEFT JOIN jobs USING (name) LEFT JOIN dead USING (name)
       WHERE queue.name <> $1 ORDER BY queue.name`,
      [DEAD_LETTERS],
    );
  }

  async backlogs(): Promise<readonly Backlog[]> {
    return this.database.query<Backlog[]>(
      `SELECT queue.name AS queue,
         CASE WHEN count(j.start_after) < ${LOOKED_AT} THEN count(j.start_after)
              ELSE greatest(${LOOKED_AT}, queue.queued_count) END::int AS depth,
         greatest(0, coalesce(extract(epoch FROM now() - min(j.start_after)), 0))::float8 AS "lagSeconds"
       FROM ${QUEUE_SCHEMA}.queue LEFT JOIN LATERAL (
         SELECT start_after FROM ${QUEUE_SCHEMA}.job
         WHERE name = queue.name AND state < 'active' AND NOT blocked LIMIT ${LOOKED_AT}
       ) j ON true
       GROUP BY queue.name, queue.queued_count`,
    );
  }
}
