import { Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';

import { MIGRATIONS } from '../migrations/all.js';
import { AccessModule } from './access/access.module.js';
import { AccountDataModule } from './account-data/account-data.module.js';
import { AdminModule } from './admin/admin.module.js';
import { AuditModule } from './audit/audit.module.js';
import { CacheModule } from './cache/cache.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Config } from './config/load-config.js';
import { ConnectionsModule } from './connections/connections.module.js';
import { DirectoryModule } from './directory/directory.module.js';
import { ErasureModule } from './erasure/erasure.module.js';
import { IdempotencyModule } from './idempotency/idempotency.module.js';
import { LinkSessionsModule } from './link-sessions/link-sessions.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { CryptoModule } from './platform/crypto/crypto.module.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { ErrorsModule } from './platform/errors/errors.module.js';
import { HealthModule } from './platform/health/health.module.js';
import type { HttpMetrics } from './platform/metrics/http-metrics.js';
import { MetricsModule } from './platform/metrics/metrics.module.js';
import { PlatformModule, type PlatformOverrides } from './platform/platform.module.js';
import { PacingModule } from './platform/pacing/pacing.module.js';
import { QueueModule } from './platform/queue/queue.module.js';
import { ReconcileModule } from './reconcile/reconcile.module.js';
import type { RouteTable } from './platform/server/route-table.js';
import { SyncModule } from './sync/sync.module.js';
import { UsersModule } from './users/users.module.js';
import { InboundWebhooksModule } from './webhooks/inbound/inbound.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** What exists before Nest does: the server's hooks need it from the first request on. */
export interface Ground {
  readonly logger: Logger;
  readonly registry: Registry;
  readonly httpMetrics: HttpMetrics;
  readonly routes: RouteTable;
}

/** The composition root. */
@Module({})
export class AppModule {
  static forRoot(config: Config, ground: Ground, overrides: PlatformOverrides): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        PlatformModule.forRoot(overrides),
        MetricsModule.forRoot(ground.registry, ground.httpMetrics),
        ErrorsModule.forRoot(ground.routes),
        DatabaseModule.forRoot(MIGRATIONS),
        CryptoModule,
        HealthModule,
        QueueModule,
        PacingModule,
        CacheModule,
        AuditModule,
        AccessModule,
        IdempotencyModule,
        UsersModule,
        ConnectionsModule,
        LinkSessionsModule,
        InboundWebhooksModule,
        DirectoryModule,
        ErasureModule,
        ReconcileModule,
        WebhooksModule,
        AccountDataModule,
        SyncModule.forRole(config.server.role),
        AdminModule,
        OperationsModule,
      ],
    };
  }
}
