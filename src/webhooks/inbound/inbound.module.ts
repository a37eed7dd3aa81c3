import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ConnectionsModule } from '../../connections/connections.module.js';
import { ProvidersModule } from '../../providers/registry/providers.module.js';
import { FollowHint } from './follow-hint.js';
import { HintedConnections } from './hinted-connections.js';
import { RegistrationsController } from './http/registrations.controller.js';
import { WebhooksController } from './http/webhooks.controller.js';
import { InboundMetrics } from './inbound-metrics.js';
import { InboxConnection } from './inbox-connection.js';
import { InboxWriter } from './inbox-writer.js';
import { LiveSecrets } from './live-secrets.js';
import { InboxUpkeepRepository } from './persistence/inbox-upkeep.repository.js';
import { InboxRepository } from './persistence/inbox.repository.js';
import { RegistrationEntity } from './persistence/registration.entity.js';
import { RegistrationRepository } from './persistence/registration.repository.js';
import { Pause } from './pause.js';
import { ProcessWebhooks } from './process-webhooks.js';
import { PruneInbox } from './prune-inbox.js';
import { ReadAfterHint } from './read-after-hint.js';
import { ReceiveWebhook } from './receive-webhook.js';
import { RegisterWebhooks } from './register-webhooks.js';
import { RegistrationStore } from './registration-store.js';
import { ReprocessUnmatched } from './reprocess-unmatched.js';
import { UnregisterWebhooks } from './unregister-webhooks.js';
import { WebhookFactory } from './webhook-factory.js';
import { WebhookHandlers } from './webhook-handlers.js';
import { WebhookRegistrars } from './webhook-registrars.js';

const RECEIPT = [
  InboxRepository,
  InboxConnection,
  InboxWriter,
  WebhookFactory,
  LiveSecrets,
  ReceiveWebhook,
  InboundMetrics,
];
const PROCESSING = [HintedConnections, Pause, ReadAfterHint, FollowHint, ProcessWebhooks, WebhookHandlers];
const UPKEEP = [InboxUpkeepRepository, ReprocessUnmatched, PruneInbox];
const REGISTRATION = [
  RegistrationRepository,
  RegistrationStore,
  WebhookRegistrars,
  RegisterWebhooks,
  UnregisterWebhooks,
];

/** Webhooks of vendors: verified, kept, and followed by a reading. */
@Module({
  imports: [TypeOrmModule.forFeature([RegistrationEntity]), ProvidersModule, ConnectionsModule],
  controllers: [WebhooksController, RegistrationsController],
  providers: [...RECEIPT, ...PROCESSING, ...UPKEEP, ...REGISTRATION],
  exports: [ReprocessUnmatched, PruneInbox],
})
export class InboundWebhooksModule {}
