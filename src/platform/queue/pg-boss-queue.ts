import { Injectable } from '@nestjs/common';
import type { JobInsert } from 'pg-boss';
import { DataSource, type EntityManager } from 'typeorm';

import { Ids } from '../ids/ids.js';
import { Boss } from './boss.js';
import { QUEUE_SCHEMA } from './boss-options.js';
import { JobBell } from './job-bell.js';
import { JobKinds } from './job-kinds.js';
import { JobQueue, type JobKind, type JobToSend } from './job-queue.js';
import { statementsThrough } from './statements-through.js';

const PER_STATEMENT = 500;
const MOST_COUNTED = 100_000;

/** Jobs in tables of our database. They are written over TypeORM's connections, so also while pg-boss stops. */
@Injectable()
export class PgBossQueue extends JobQueue {
  constructor(
    private readonly boss: Boss,
    private readonly kinds: JobKinds,
    private readonly database: DataSource,
    private readonly bell: JobBell,
    private readonly ids: Ids,
  ) {
    super();
  }

  override async send<Data extends object>(
    kind: JobKind<Data>,
    job: JobToSend<Data>,
    manager?: EntityManager,
  ): Promise<void> {
    await this.sendMany(kind, [job], manager);
  }

  override async sendMany<Data extends object>(
    kind: JobKind<Data>,
    jobs: readonly JobToSend<Data>[],
    manager: EntityManager = this.database.manager,
  ): Promise<void> {
    if (jobs.length === 0) return;
    const runner = manager.queryRunner?.isTransactionActive === true ? manager.queryRunner : null;
    await this.kinds.ensure(kind, runner !== null);
    const boss = await this.boss.ready();
    const db = statementsThrough(manager);
    for (let from = 0; from < jobs.length; from += PER_STATEMENT) {
      const rows = jobs.slice(from, from + PER_STATEMENT).map((job) => this.row(kind, job));
      await boss.insert(kind.name, rows, { db });
    }
    if (runner) this.bell.ringAfterCommit(kind.name, runner);
    else this.bell.ring(kind.name);
  }

  override async depth(kind: JobKind<object>): Promise<number> {
    await this.boss.ready();
    const [row] = await this.database.query<{ depth: number }[]>(
      `SELECT count(*)::int AS depth FROM (
         SELECT 1 FROM ${QUEUE_SCHEMA}.job WHERE name = $1 AND state < 'active' AND NOT blocked LIMIT ${MOST_COUNTED}
       ) waiting`,
      [kind.name],
    );
    return row?.depth ?? 0;
  }

  private row<Data extends object>(kind: JobKind<Data>, { data, key, priority }: JobToSend<Data>): JobInsert<Data> {
    // To pg-boss all jobs without a key would have the same one.
    const singletonKey = key ?? (kind.onePerKey ? this.ids.next() : undefined);
    return { data, priority: priority ?? 0, ...(singletonKey === undefined ? {} : { singletonKey }) };
  }
}
