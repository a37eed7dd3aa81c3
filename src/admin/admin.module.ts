import { Module } from '@nestjs/common';

import { AccessModule } from '../access/access.module.js';
import { TasksModule } from '../sync/tasks.module.js';
import { OutgoingHttpModule } from '../platform/http/outgoing-http.module.js';
import { KeyRotationModule } from '../platform/crypto/rotation/key-rotation.module.js';
import { ProvidersModule } from '../providers/registry/providers.module.js';
import { AuditController } from './audit.controller.js';
import { ClientsController } from './clients.controller.js';
import { ConnectionsModule } from '../connections/connections.module.js';
import { DeletionChainController } from './deletions.controller.js';
import { ConnectionDossier } from './connection-dossier.js';
import { ConnectionOrders } from './connection-orders.js';
import { ConnectionSearchRepository } from './connection-search.repository.js';
import { AdminConnectionsController } from './connections.controller.js';
import { JobsController } from './jobs.controller.js';
import { KeysController } from './keys.controller.js';
import { OrphansController } from './orphans.controller.js';
import { ErasureModule } from '../erasure/erasure.module.js';
import { ReconcileModule } from '../reconcile/reconcile.module.js';
import { OverviewController } from './overview.controller.js';
import { OverviewRepository } from './overview.repository.js';
import { ProviderReport } from './provider-report.js';
import { ProviderUsage } from './provider-usage.js';
import { AdminProvidersController } from './providers.controller.js';
import { TasksController } from './tasks.controller.js';
import { UserOrders } from './user-orders.js';
import { AdminUsersController } from './users.controller.js';
import { AdminWebhookEndpointsController } from './webhook-endpoints.controller.js';
import { UsersModule } from '../users/users.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';

/** The REST API for operators. */
@Module({
  imports: [
    AccessModule,
    TasksModule,
    ConnectionsModule,
    UsersModule,
    ErasureModule,
    ReconcileModule,
    ProvidersModule,
    OutgoingHttpModule,
    KeyRotationModule,
    WebhooksModule,
  ],
  controllers: [
    ClientsController,
    AuditController,
    JobsController,
    TasksController,
    DeletionChainController,
    OrphansController,
    AdminProvidersController,
    OverviewController,
    AdminConnectionsController,
    AdminUsersController,
    KeysController,
    AdminWebhookEndpointsController,
  ],
  providers: [
    ProviderReport,
    ProviderUsage,
    OverviewRepository,
    ConnectionSearchRepository,
    ConnectionDossier,
    ConnectionOrders,
    UserOrders,
  ],
})
export class AdminModule {}
