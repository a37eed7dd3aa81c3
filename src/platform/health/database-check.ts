import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { HealthChecks } from './health-checks.js';

/** Adds the two checks that every installation has: the database answers, and its schema is this version's. */
@Injectable()
export class DatabaseCheck implements OnModuleInit {
  private migrated = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly checks: HealthChecks,
  ) {}

  onModuleInit(): void {
    this.checks.add({
      name: 'database',
      required: true,
      probe: async () => {
        await this.dataSource.query('SELECT 1');
      },
    });
    this.checks.add({ name: 'migrations', required: true, probe: async () => this.checkMigrations() });
  }

  /** Asked until it is true once: a migrated database stays migrated. */
  private async checkMigrations(): Promise<void> {
    if (this.migrated) return;
    if (await this.dataSource.showMigrations()) throw new Error('Migrations are missing.');
    this.migrated = true;
  }
}
