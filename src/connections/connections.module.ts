import { Module, type OnModuleInit } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ProvidersModule } from '../providers/registry/providers.module.js';
import { UsersModule } from '../users/users.module.js';
import { AdoptCredential } from './adopt-credential.js';
import { AnswerChallenge } from './answer-challenge.js';
import { AuthenticateConnection } from './authenticate-connection.js';
import { ClaimedCall } from './claimed-call.js';
import { ConnectLinked } from './connect-linked.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import { CreateConnection } from './create-connection.js';
import { CreationMoment } from './creation-moment.js';
import { DeleteConnection } from './delete-connection.js';
import { checkTransitions } from './domain/connection-state.js';
import { ExplainConnection } from './explain-connection.js';
import { CachedConnectionList } from './http/cached-connection-list.js';
import { ConnectionActionsController } from './http/connection-actions.controller.js';
import { ConnectionResponseMapper } from './http/connection-response.mapper.js';
import { ConnectionStoryController } from './http/connection-story.controller.js';
import { ConnectionsController } from './http/connections.controller.js';
import { LinkTargets } from './link-targets.js';
import { LoginCheck } from './login-check.js';
import { ObserveConnection } from './observe-connection.js';
import { PauseConnection } from './pause-connection.js';
import { ConnectionCreationEntity } from './persistence/connection-creation.entity.js';
import { ConnectionCreationRepository } from './persistence/connection-creation.repository.js';
import { ConnectionEventEntity } from './persistence/connection-event.entity.js';
import { ConnectionEventRepository } from './persistence/connection-event.repository.js';
import { ConnectionListRepository } from './persistence/connection-list.repository.js';
import { ConnectionWorkRepository } from './persistence/connection-work.repository.js';
import { ConnectionEntity } from './persistence/connection.entity.js';
import { ConnectionMapper } from './persistence/connection.mapper.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { ReadConnections } from './read-connections.js';
import { RecoverCreations } from './recover-creations.js';
import { RefreshConnection } from './refresh-connection.js';
import { ReplaceLogin } from './replace-login.js';
import { WatchConnections } from './watch-connections.js';

const PERSISTENCE = [
  ConnectionMapper,
  ConnectionRepository,
  ConnectionListRepository,
  ConnectionEventRepository,
  ConnectionWorkRepository,
  ConnectionCreationRepository,
];

const USE_CASES = [
  ConnectionLifecycle,
  ReadConnections,
  ObserveConnection,
  LoginCheck,
  CreationMoment,
  CreateConnection,
  AdoptCredential,
  RecoverCreations,
  ClaimedCall,
  RefreshConnection,
  AuthenticateConnection,
  AnswerChallenge,
  ReplaceLogin,
  DeleteConnection,
  PauseConnection,
  ExplainConnection,
  WatchConnections,
  LinkTargets,
  ConnectLinked,
];

@Module({
  imports: [
    TypeOrmModule.forFeature([ConnectionEntity, ConnectionEventEntity, ConnectionCreationEntity]),
    ProvidersModule,
    UsersModule,
  ],
  controllers: [ConnectionsController, ConnectionActionsController, ConnectionStoryController],
  providers: [...PERSISTENCE, ...USE_CASES, ConnectionResponseMapper, CachedConnectionList],
  exports: [ConnectionRepository, DeleteConnection, RecoverCreations, WatchConnections, LinkTargets, ConnectLinked],
})
export class ConnectionsModule implements OnModuleInit {
  onModuleInit(): void {
    checkTransitions();
  }
}
