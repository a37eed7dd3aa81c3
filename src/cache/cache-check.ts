import { Injectable, type OnModuleInit } from '@nestjs/common';

import { HealthChecks } from '../platform/health/health-checks.js';
import { CacheBackend } from './cache-backend.js';

/** Shows a lost Redis in `/readyz`. It is not required: without it Mooring is slower, not wrong. */
@Injectable()
export class CacheCheck implements OnModuleInit {
  constructor(
    private readonly backend: CacheBackend,
    private readonly checks: HealthChecks,
  ) {}

  onModuleInit(): void {
    if (!this.backend.shared) return;
    this.checks.add({ name: 'cache', required: false, probe: () => this.probe() });
  }

  private async probe(): Promise<void> {
    if (!this.backend.isConnected()) throw new Error('Redis is not connected.');
  }
}
