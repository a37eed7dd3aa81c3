import { Module, type OnModuleInit } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ProvidersModule } from '../providers/registry/providers.module.js';
import { UsersModule } from '../users/users.module.js';
import { AdoptCredential } from './adopt-credential.js';
import { AnswerChallenge } from './answer-challenge.js';
import { AuthenticateConnection } from './authenticate-connection.js';
import { ClaimedCall } from './claimed-call.js';
import { ConnectLinked } from './connect-linked.js';
import { ConnectionChanges } from './connection-changes.js';
import { ConnectionOwnersModule } from './connection-owners.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import { ConnectionView } from './connection-view.js';
import { CreateConnection } from './create-connection.js';
import { CreationMoment } from './creation-moment.js';
import { GiveLogin } from './credential-login.js';
import { RecreateCredential } from './credential-recreation.js';
import { RepairConnection } from './credential-repair.js';
import { RetireFormerCredentials } from './credential-retirement.js';
import { SucceedCredential } from './credential-succession.js';
import { CredentialTrail } from './credential-trail.js';
import { DataHints } from './data-hints.js';
import { DeleteConnection } from './delete-connection.js';
import { DeletionOwnersModule } from './deletion-owners.js';
import { DeletionReceipts } from './deletion-receipts.js';
import { DeletionRetries } from './deletion-retries.js';
import { DeletionTallies } from './deletion-tallies.js';
import { ReadDeletions } from './deletion-reading.js';
import { VerifyDeletions } from './deletion-verification.js';
import { checkTransitions } from './domain/connection-state.js';
import { ExplainConnection } from './explain-connection.js';
import { CachedConnectionList } from './http/cached-connection-list.js';
import { ConnectionActionsController } from './http/connection-actions.controller.js';
import { ConnectionResponseMapper } from './http/connection-response.mapper.js';
import { ConnectionStoryController } from './http/connection-story.controller.js';
import { DeletionsController } from './http/deletions.controller.js';
import { ConnectionsController } from './http/connections.controller.js';
import { LinkTargets } from './link-targets.js';
import { FirstRecord } from './first-record.js';
import { LoginGuard } from './login-guard.js';
import { ProviderTraitsReader } from './provider-traits.js';
import { LoginRefusalRepository } from './persistence/login-refusal.repository.js';
import { RefreshAttemptRepository } from './persistence/refresh-attempt.repository.js';
import { LoginCheck } from './login-check.js';
import { ObserveConnection } from './observe-connection.js';
import { PauseConnection } from './pause-connection.js';
import { ConnectionCreationEntity } from './persistence/connection-creation.entity.js';
import { ConnectionCreationRepository } from './persistence/connection-creation.repository.js';
import { ConnectionEventEntity } from './persistence/connection-event.entity.js';
import { ConnectionEventRepository } from './persistence/connection-event.repository.js';
import { ConnectionListRepository } from './persistence/connection-list.repository.js';
import { DeletionReceiptEntity } from './persistence/deletion-receipt.entity.js';
import { DeletionReceiptRepository } from './persistence/deletion-receipt.repository.js';
import { ConnectionWorkRepository } from './persistence/connection-work.repository.js';
import { ConnectionEntity } from './persistence/connection.entity.js';
import { ConnectionMapper } from './persistence/connection.mapper.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { FormerCredentialEntity } from './persistence/former-credential.entity.js';
import { CredentialHandover } from './persistence/former-credential-handover.js';
import { FormerCredentialRepository } from './persistence/former-credential.repository.js';
import { SyncPlanRepository } from './persistence/sync-plan.repository.js';
import { ExplanationRepository } from './persistence/explanation.repository.js';
import { ReadingTimesRepository } from './persistence/reading-times.repository.js';
import { PruneAttempts } from './prune-attempts.js';
import { ReadConnections } from './read-connections.js';
import { RecoverCreations } from './recover-creations.js';
import { RefreshConnection } from './refresh-connection.js';
import { ReplaceLogin } from './replace-login.js';
import { UpstreamDeletion } from './upstream-deletion.js';
import { WatchConnection } from './watch-connection.js';

const PERSISTENCE = [
  ConnectionMapper,
  ConnectionRepository,
  ConnectionListRepository,
  ConnectionEventRepository,
  ConnectionWorkRepository,
  ConnectionCreationRepository,
  RefreshAttemptRepository,
  LoginRefusalRepository,
  ReadingTimesRepository,
  ExplanationRepository,
  SyncPlanRepository,
  FormerCredentialRepository,
  CredentialHandover,
  DeletionReceiptRepository,
];

const USE_CASES = [
  DataHints,
  ConnectionChanges,
  ConnectionLifecycle,
  ConnectionView,
  ReadConnections,
  ObserveConnection,
  LoginGuard,
  LoginCheck,
  ProviderTraitsReader,
  FirstRecord,
  CreationMoment,
  CreateConnection,
  AdoptCredential,
  RecoverCreations,
  ClaimedCall,
  RefreshConnection,
  AuthenticateConnection,
  AnswerChallenge,
  ReplaceLogin,
  DeletionTallies,
  DeletionReceipts,
  DeletionRetries,
  DeleteConnection,
  ReadDeletions,
  VerifyDeletions,
  PauseConnection,
  ExplainConnection,
  UpstreamDeletion,
  WatchConnection,
  PruneAttempts,
  LinkTargets,
  ConnectLinked,
  CredentialTrail,
  SucceedCredential,
  RecreateCredential,
  GiveLogin,
  RepairConnection,
  RetireFormerCredentials,
];

@Module({
  imports: [
    TypeOrmModule.forFeature([
      FormerCredentialEntity,
      ConnectionEntity,
      ConnectionEventEntity,
      ConnectionCreationEntity,
      DeletionReceiptEntity,
    ]),
    ProvidersModule,
    UsersModule,
    ConnectionOwnersModule,
    DeletionOwnersModule,
  ],
  controllers: [ConnectionsController, DeletionsController, ConnectionActionsController, ConnectionStoryController],
  providers: [...PERSISTENCE, ...USE_CASES, ConnectionResponseMapper, CachedConnectionList],
  exports: [
    ReadConnections,
    PauseConnection,
    ConnectionMapper,
    ConnectionChanges,
    ConnectionView,
    ConnectionRepository,
    DeleteConnection,
    DeletionTallies,
    DeletionReceipts,
    DeletionReceiptRepository,
    FormerCredentialRepository,
    VerifyDeletions,
    RecoverCreations,
    WatchConnection,
    LinkTargets,
    ConnectLinked,
    RepairConnection,
    RetireFormerCredentials,
    DataHints,
    ObserveConnection,
    ReadingTimesRepository,
    ConnectionWorkRepository,
    SyncPlanRepository,
    ProviderTraitsReader,
    RefreshConnection,
    PruneAttempts,
  ],
})
export class ConnectionsModule implements OnModuleInit {
  onModuleInit(): void {
    checkTransitions();
  }
}
