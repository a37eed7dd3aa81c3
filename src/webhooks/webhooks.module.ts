import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ConnectionsModule } from '../connections/connections.module.js';
import { PublicHttpModule } from '../platform/http/public-http.module.js';
import { JobWorkers } from '../platform/queue/job-workers.js';
import { AttemptDelivery } from './outbound/attempt-delivery.js';
import { DeliverToEndpoint } from './outbound/deliver-to-endpoint.js';
import { DeliveryMetrics } from './outbound/delivery-metrics.js';
import { ForgetUserInEvents } from './outbound/forget-user.js';
import { DELIVER } from './outbound/domain/deliver-job.js';
import { WebhookDeliveriesController } from './outbound/http/webhook-deliveries.controller.js';
import { WebhookEndpointsController } from './outbound/http/webhook-endpoints.controller.js';
import { ManageEndpoints } from './outbound/manage-endpoints.js';
import { Outbox } from './outbound/outbox.js';
import { ClaimRepository } from './outbound/persistence/claim.repository.js';
import { WebhookDeliveryEntity } from './outbound/persistence/delivery.entity.js';
import { DeliveryRepository } from './outbound/persistence/delivery.repository.js';
import { DeliveryStore } from './outbound/persistence/delivery-store.js';
import { EndpointRepository } from './outbound/persistence/endpoint.repository.js';
import { OutboxRepository } from './outbound/persistence/outbox.repository.js';
import { OutgoingEventEntity } from './outbound/persistence/outgoing-event.entity.js';
import { RecordRepository } from './outbound/persistence/record.repository.js';
import { ReplayRepository } from './outbound/persistence/replay.repository.js';
import { ReplayStore } from './outbound/persistence/replay-store.js';
import { UpkeepRepository } from './outbound/persistence/upkeep.repository.js';
import { WebhookEndpointEntity } from './outbound/persistence/webhook-endpoint.entity.js';
import { PruneOutgoing } from './outbound/prune-outgoing.js';
import { ReplayDeliveries } from './outbound/replay-deliveries.js';
import { SweepDueDeliveries } from './outbound/sweep-due-deliveries.js';
import { SwitchEndpoint } from './outbound/switch-endpoint.js';
import { TargetCheck } from './outbound/target-check.js';
import { TestEndpoint } from './outbound/test-endpoint.js';
import { WebhookEvents } from './outbound/webhook-events.js';

/** Jobs wait for the network most of the time. A slow receiver holds two of them at most. */
const CONCURRENCY = 32;

const PERSISTENCE = [
  ClaimRepository,
  RecordRepository,
  EndpointRepository,
  DeliveryRepository,
  ReplayRepository,
  UpkeepRepository,
  DeliveryStore,
  ReplayStore,
];

const USE_CASES = [
  WebhookEvents,
  ForgetUserInEvents,
  AttemptDelivery,
  DeliverToEndpoint,
  SweepDueDeliveries,
  PruneOutgoing,
  ReplayDeliveries,
  TargetCheck,
  ManageEndpoints,
  SwitchEndpoint,
  TestEndpoint,
];

/** Events that go out to the clients' own servers. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forFeature([WebhookEndpointEntity, OutgoingEventEntity, WebhookDeliveryEntity]),
    ConnectionsModule,
    PublicHttpModule,
  ],
  controllers: [WebhookEndpointsController, WebhookDeliveriesController],
  providers: [{ provide: Outbox, useClass: OutboxRepository }, DeliveryMetrics, ...PERSISTENCE, ...USE_CASES],
  exports: [Outbox, SweepDueDeliveries, PruneOutgoing, EndpointRepository, SwitchEndpoint],
})
export class WebhooksModule implements OnModuleInit {
  constructor(
    private readonly workers: JobWorkers,
    private readonly delivery: DeliverToEndpoint,
  ) {}

  onModuleInit(): void {
    const { delivery } = this;
    this.workers.handle(DELIVER, async ({ endpointId }, signal) => delivery.run(endpointId, signal), {
      concurrency: CONCURRENCY,
    });
  }
}
