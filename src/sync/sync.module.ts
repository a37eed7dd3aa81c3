import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';

import type { Role } from '../config/slices.js';
import { AnnouncementsModule } from '../announcements/announcements.module.js';
import { ReconcileModule } from '../reconcile/reconcile.module.js';
import { AccountDataModule } from '../account-data/account-data.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { InboundWebhooksModule } from '../webhooks/inbound/inbound.module.js';
import { ConnectionsModule } from '../connections/connections.module.js';
import { ErasureModule } from '../erasure/erasure.module.js';
import { LinkSessionsModule } from '../link-sessions/link-sessions.module.js';
import { OutgoingHttpModule } from '../platform/http/outgoing-http.module.js';
import { ProvidersModule } from '../providers/registry/providers.module.js';
import { PlanSyncs } from './plan-syncs.js';
import { PlanWatches } from './plan-watches.js';
import { ProviderOpenings } from './provider-openings.js';
import { SyncConnection } from './sync-connection.js';
import { SyncMetrics } from './sync-metrics.js';
import { SyncSurroundings } from './sync-surroundings.js';
import { SyncWorkers } from './sync-workers.js';
import { CircuitMetrics } from './circuit-metrics.js';
import { FollowUpDuties } from './follow-up-duties.js';
import { LeaseRepository } from './persistence/lease.repository.js';
import { PruningDuties } from './pruning-duties.js';
import { RegisterTasks } from './register-tasks.js';
import { TasksModule } from './tasks.module.js';
import { UnattendedRefresh } from './unattended-refresh.js';
import { UrgentDuties } from './urgent-duties.js';
import { WatchfulDuties } from './watchful-duties.js';
import { WorkDue } from './work-due.js';

/** Scheduled work. A process with the role `api` knows it and does none by itself. */
@Module({})
export class SyncModule {
  static forRole(role: Role): DynamicModule {
    return {
      module: SyncModule,
      imports: [
        ConnectionsModule,
        LinkSessionsModule,
        ErasureModule,
        ProvidersModule,
        OutgoingHttpModule,
        AccountDataModule,
        AnnouncementsModule,
        ReconcileModule,
        InboundWebhooksModule,
        IdempotencyModule,
        TasksModule,
        ...(role === 'api' ? [] : [ScheduleModule.forRoot()]),
      ],
      providers: [
        CircuitMetrics,
        SyncMetrics,
        SyncSurroundings,
        ProviderOpenings,
        PlanSyncs,
        PlanWatches,
        UnattendedRefresh,
        SyncConnection,
        SyncWorkers,
        UrgentDuties,
        WorkDue,
        FollowUpDuties,
        WatchfulDuties,
        PruningDuties,
        LeaseRepository,
        RegisterTasks,
      ],
    };
  }
}
