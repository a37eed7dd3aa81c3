import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { DataSource } from 'typeorm';

import { ServerConfig } from '../../config/slices.js';
import { HealthChecks } from '../health/health-checks.js';
import { Boss } from './boss.js';
import { QUEUE_SCHEMA } from './boss-options.js';
import { JobKinds } from './job-kinds.js';
import { PgBossWorkers } from './pg-boss-workers.js';

/** Less than requests in flight get, so that the whole process stops in time. */
const GRACE_MS = 8_000;

/** Opens the queues when every room has declared its kinds, and closes them before the database goes. */
@Injectable()
export class QueueLifetime implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly boss: Boss,
    private readonly kinds: JobKinds,
    private readonly workers: PgBossWorkers,
    private readonly checks: HealthChecks,
    private readonly database: DataSource,
    private readonly process: ServerConfig,
  ) {}

  onModuleInit(): void {
    this.checks.add({
      name: 'queue',
      required: true,
      probe: async () => {
        await this.boss.ready();
        await this.database.query(`SELECT version FROM ${QUEUE_SCHEMA}.version`);
        this.boss.outage.worked(null);
      },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.kinds.makeAll();
    if (this.process.role !== 'api') this.workers.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.workers.stop(GRACE_MS);
    await this.boss.stop();
  }
}
