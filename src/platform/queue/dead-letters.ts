import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { Failure } from '../errors/failure.js';
import { scrub } from '../logging/scrub.js';
import { decodeCursor, toPage, type Page } from '../pagination/cursor.js';
import { Boss } from './boss.js';
import { DEAD_LETTERS, QUEUE_SCHEMA } from './boss-options.js';
import { statementsThrough } from './statements-through.js';

/** A job that failed for good. */
export interface DeadLetter {
  readonly id: string;
  readonly queue: string;
  /** Ids only. */
  readonly data: object;
  readonly attempts: number;
  /** First line of the last error. */
  readonly error: string | null;
  readonly at: Date;
}

export interface DeadLetterFilter {
  readonly queue?: string;
  readonly cursor?: string;
  readonly limit: number;
}

export interface Redrive {
  readonly queue?: string;
  readonly ids?: readonly string[];
  readonly limit: number;
}

interface Row extends Omit<DeadLetter, 'attempts'> {
  readonly retries: number | null;
  readonly micros: string;
}

const KEY = /^(\d{1,20}):([0-9a-f-]{36})$/;

/** The jobs after their last attempt. They are kept for two weeks. */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly boss: Boss,
    private readonly database: DataSource,
  ) {}

  /** Newest first. @throws Failure `queue.not_found`, `request.invalid_cursor` */
  async page({ queue, cursor, limit }: DeadLetterFilter): Promise<Page<DeadLetter>> {
    if (queue !== undefined) await this.mustExist(queue);
    const [, micros = null, id = null] =
      cursor === undefined ? [] : (KEY.exec(decodeCursor(cursor, (key) => KEY.test(key))) ?? []);
    const rows = await this.database.query<Row[]>(
      `SELECT * FROM (
         SELECT id, coalesce(source_name, $1) AS queue, data, source_retry_count AS retries, created_on AS at,
           coalesce(output->>'message', source_output->>'message', source_output->'value'->>'message') AS error,
           (extract(epoch FROM created_on) * 1000000)::bigint AS micros
         FROM ${QUEUE_SCHEMA}.job
         WHERE name = $1 AND state <> 'completed' AND ($2::text IS NULL OR source_name = $2)
       ) dead
       WHERE $3::bigint IS NULL OR (micros, id) < ($3::bigint, $4::uuid)
       ORDER BY micros DESC, id DESC LIMIT $5`,
      [DEAD_LETTERS, queue ?? null, micros, id, limit + 1],
    );
    return toPage(rows, limit, (row) => `${row.micros}:${row.id}`, toDeadLetter);
  }

  /** Gives them back to their queues, oldest first. @returns how many. @throws Failure `queue.not_found` */
  async redrive({ queue, ids, limit }: Redrive, manager: EntityManager): Promise<number> {
    if (queue !== undefined) await this.mustExist(queue, manager);
    const boss = await this.boss.ready();
    return boss.redrive(DEAD_LETTERS, {
      limit,
      db: statementsThrough(manager),
      ...(queue === undefined ? {} : { sourceName: queue }),
      ...(ids === undefined ? {} : { ids: [...ids] }),
    });
  }

  private async mustExist(queue: string, manager: EntityManager = this.database.manager): Promise<void> {
    const known = `SELECT name FROM ${QUEUE_SCHEMA}.queue WHERE name = $1 AND name <> $2`;
    const rows = await manager.query<unknown[]>(known, [queue, DEAD_LETTERS]);
    if (rows.length === 0) throw new Failure('queue.not_found');
  }
}

function toDeadLetter({ id, queue, data, retries, error, at }: Row): DeadLetter {
  const [line = ''] = scrub(error ?? '').split('\n');
  return { id, queue, data, attempts: (retries ?? 0) + 1, error: line === '' ? null : line, at };
}
