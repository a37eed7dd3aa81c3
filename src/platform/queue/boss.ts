import { Injectable, Logger } from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import { DataSource } from 'typeorm';

import { DatabaseConfig, ServerConfig } from '../../config/slices.js';
import { DatabaseServer } from '../database/database-server.js';
import { bossOptions } from './boss-options.js';
import { Outage } from './outage.js';

/** pg-boss of this process. Started at first use, when the migrations have run; it installs or updates its schema. */
@Injectable()
export class Boss {
  readonly outage = new Outage();
  private readonly log = new Logger('Queue');
  private starting: Promise<PgBoss> | null = null;

  /** @param migrated only there when the migrations have run. */
  constructor(
    readonly migrated: DataSource,
    private readonly server: DatabaseServer,
    private readonly config: DatabaseConfig,
    private readonly process: ServerConfig,
  ) {}

  get embedded(): boolean {
    return this.config.backend === 'pglite';
  }

  /** @throws the driver's error when the database cannot be reached; the next call tries again. */
  async ready(): Promise<PgBoss> {
    this.starting ??= this.start().catch((error: unknown) => {
      this.starting = null;
      throw error;
    });
    return this.starting;
  }

  /** Ends its connections. What it knows of the queues stays, so that requests in flight can still send. */
  async stop(): Promise<void> {
    const boss = await this.starting?.catch(() => null);
    await boss?.stop({ graceful: false });
  }

  private async start(): Promise<PgBoss> {
    const supervise = this.process.role !== 'api';
    const boss = new PgBoss(bossOptions({ url: this.server.url, backend: this.config.backend, supervise }));
    boss.on('error', (error) => {
      this.outage.failed(null, error);
    });
    boss.on('warning', ({ message }) => {
      this.log.warn(message);
    });
    try {
      return await boss.start();
    } catch (error) {
      await boss.stop({ graceful: false });
      throw error;
    }
  }
}
