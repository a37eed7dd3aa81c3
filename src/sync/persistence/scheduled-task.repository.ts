import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan, type EntityManager } from 'typeorm';

import { Failure } from '../../platform/errors/failure.js';
import { decodeCursor, toPage, type Page } from '../../platform/pagination/cursor.js';
import { ScheduledTaskEntity } from './scheduled-task.entity.js';

export type TaskRow = Readonly<ScheduledTaskEntity>;

export interface NewTask {
  readonly name: string;
  readonly everyMs: number;
  readonly at: Date;
}

export interface Candidate {
  readonly name: string;
  readonly leaseMs: number;
}

export interface ClaimedTask {
  readonly name: string;
  readonly fence: number;
}

/** `null` in `result` = it failed, see `error`. */
export interface TaskOutcome {
  readonly at: Date;
  readonly durationMs: number;
  readonly result: string | null;
  readonly error: string | null;
}

export interface TaskChange {
  readonly enabled?: boolean;
  readonly everyMs?: number;
}

const NAME = /^[a-z][a-z0-9.-]{0,99}$/;

/** The rows of scheduled tasks: the only place where processes agree on who does what. */
@Injectable()
export class ScheduledTaskRepository {
  constructor(private readonly database: DataSource) {}

  /** A new task is due at once. One that is there stays as operators have set it. */
  async addMissing(tasks: readonly NewTask[]): Promise<void> {
    for (const { name, everyMs, at } of tasks) {
      await this.database.query(
        `INSERT INTO scheduled_tasks (name, enabled, every_ms, next_run_at) VALUES ($1, true, $2, $3)
         ON CONFLICT (name) DO NOTHING`,
        [name, everyMs, at],
      );
    }
  }

  /**
   * Takes what is due: its time has come, somebody asked for it, or its last owner never finished. One statement, so
   * that of all processes one has each task.
   */
  async claim(candidates: readonly Candidate[], owner: string, now: Date): Promise<readonly ClaimedTask[]> {
    const [rows] = await this.database.query<[ClaimedTask[], number]>(
      `UPDATE scheduled_tasks task
       SET owner = $3, fence = task.fence + 1, last_started_at = $4, run_requested_at = NULL,
         lease_until = $4::timestamptz + due.lease_ms * interval '1 millisecond'
       FROM (
         SELECT row.name, mine.lease_ms FROM scheduled_tasks row
         JOIN unnest($1::text[], $2::int[]) AS mine (name, lease_ms) ON mine.name = row.name
         WHERE (row.lease_until IS NULL OR row.lease_until <= $4)
           AND (row.run_requested_at IS NOT NULL OR (row.enabled AND (row.next_run_at <= $4 OR row.owner IS NOT NULL)))
         FOR UPDATE OF row SKIP LOCKED
       ) due
       WHERE task.name = due.name
       RETURNING task.name, task.fence`,
      [candidates.map(({ name }) => name), candidates.map(({ leaseMs }) => leaseMs), owner, now],
    );
    return rows;
  }

  /** @returns false when another process has had the task meanwhile; then nothing is written. */
  async finish({ name, fence }: ClaimedTask, { at, durationMs, result, error }: TaskOutcome): Promise<boolean> {
    const [, count] = await this.database.query<[unknown, number]>(
      `UPDATE scheduled_tasks
       SET owner = NULL, lease_until = NULL, last_finished_at = $3, last_duration_ms = $4,
         last_result = coalesce($5, last_result), last_error = $6,
         next_run_at = last_started_at + every_ms * interval '1 millisecond'
       WHERE name = $1 AND fence = $2 AND owner IS NOT NULL`,
      [name, fence, at, durationMs, result, error],
    );
    return count === 1;
  }

  /** Not begun after all: another process may have it at once. */
  async giveBack({ name, fence }: ClaimedTask): Promise<void> {
    await this.database.query(
      `UPDATE scheduled_tasks SET owner = NULL, lease_until = NULL, run_requested_at = last_started_at
       WHERE name = $1 AND fence = $2 AND owner IS NOT NULL`,
      [name, fence],
    );
  }

  /** By name. @throws Failure `request.invalid_cursor` */
  async page(limit: number, cursor?: string): Promise<Page<TaskRow>> {
    const after = cursor === undefined ? null : decodeCursor(cursor, (key) => NAME.test(key));
    const rows = await this.database.manager.find(ScheduledTaskEntity, {
      ...(after === null ? {} : { where: { name: MoreThan(after) } }),
      order: { name: 'ASC' },
      take: limit + 1,
    });
    return toPage(
      rows,
      limit,
      ({ name }) => name,
      (row) => row,
    );
  }

  /** @throws Failure `task.not_found` */
  async get(name: string): Promise<TaskRow> {
    const row = await this.database.manager.findOneBy(ScheduledTaskEntity, { name });
    if (!row) throw new Failure('task.not_found');
    return row;
  }

  /** A shorter interval counts from now on. @throws Failure `task.not_found` */
  async change(manager: EntityManager, name: string, { enabled, everyMs }: TaskChange, now: Date): Promise<void> {
    const [, count] = await manager.query<[unknown, number]>(
      `UPDATE scheduled_tasks
       SET enabled = coalesce($2, enabled), every_ms = coalesce($3::int, every_ms),
         next_run_at = CASE WHEN $3::int IS NULL THEN next_run_at
           ELSE least(next_run_at, $4::timestamptz + $3::int * interval '1 millisecond') END
       WHERE name = $1`,
      [name, enabled ?? null, everyMs ?? null, now],
    );
    if (count === 0) throw new Failure('task.not_found');
  }

  /** Also for a task that is switched off. @throws Failure `task.not_found` */
  async requestRun(manager: EntityManager, name: string, now: Date): Promise<void> {
    const [, count] = await manager.query<[unknown, number]>(
      `UPDATE scheduled_tasks SET run_requested_at = coalesce(run_requested_at, $2) WHERE name = $1`,
      [name, now],
    );
    if (count === 0) throw new Failure('task.not_found');
  }
}
