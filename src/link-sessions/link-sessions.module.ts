import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ConnectionsModule } from '../connections/connections.module.js';
import { ProvidersModule } from '../providers/registry/providers.module.js';
import { UsersModule } from '../users/users.module.js';
import { CompleteLinkVisit } from './complete-link-visit.js';
import { CreateLinkSession } from './create-link-session.js';
import { CallbackPage } from './http/callback-page.js';
import { LinkCallbackController } from './http/link-callback.controller.js';
import { LinkSessionsController } from './http/link-sessions.controller.js';
import { LinkSessionFactory } from './link-session.factory.js';
import { LinkSessionOwnersModule } from './link-session-owners.js';
import { LinkVisits } from './link-visits.js';
import { LinkSessionEntity } from './persistence/link-session.entity.js';
import { LinkSessionMapper } from './persistence/link-session.mapper.js';
import { LinkSessionRepository } from './persistence/link-session.repository.js';
import { PruneLinkVisits } from './prune-link-visits.js';
import { RecoverLinkVisits } from './recover-link-visits.js';
import { SettleLinkVisit } from './settle-link-visit.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([LinkSessionEntity]),
    ProvidersModule,
    UsersModule,
    ConnectionsModule,
    LinkSessionOwnersModule,
  ],
  controllers: [LinkSessionsController, LinkCallbackController],
  providers: [
    LinkSessionMapper,
    LinkSessionRepository,
    LinkSessionFactory,
    LinkVisits,
    CreateLinkSession,
    CompleteLinkVisit,
    SettleLinkVisit,
    RecoverLinkVisits,
    PruneLinkVisits,
    CallbackPage,
  ],
  exports: [LinkSessionRepository, RecoverLinkVisits, PruneLinkVisits],
})
export class LinkSessionsModule {}
