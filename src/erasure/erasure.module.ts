import { Module } from '@nestjs/common';

import { ConnectionsModule } from '../connections/connections.module.js';
import { LinkSessionsModule } from '../link-sessions/link-sessions.module.js';
import { ProvidersModule } from '../providers/registry/providers.module.js';
import { UsersModule } from '../users/users.module.js';
import { BuryUser } from './bury-user.js';
import { DeleteProviderUsers } from './delete-provider-users.js';
import { DeleteUser } from './delete-user.js';
import { ForgetPerson } from './forget-person.js';
import { LeaveProviders } from './leave-providers.js';
import { ErasureController } from './http/erasure.controller.js';
import { ConnectionAnswersRepository } from './persistence/connection-answers.repository.js';
import { UnfinishedRepository } from './persistence/unfinished.repository.js';
import { PurgeUser } from './purge-user.js';
import { RequestUserDeletion } from './request-user-deletion.js';
import { RetireOfUser } from './retire-of-user.js';
import { UserFarewell } from './user-farewell.js';

@Module({
  imports: [UsersModule, ConnectionsModule, LinkSessionsModule, ProvidersModule],
  controllers: [ErasureController],
  providers: [
    UnfinishedRepository,
    ConnectionAnswersRepository,
    DeleteUser,
    PurgeUser,
    RetireOfUser,
    RequestUserDeletion,
    DeleteProviderUsers,
    LeaveProviders,
    BuryUser,
    ForgetPerson,
    UserFarewell,
  ],
  exports: [DeleteUser, PurgeUser],
})
export class ErasureModule {}
