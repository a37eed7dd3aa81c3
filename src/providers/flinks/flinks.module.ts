import { Module } from '@nestjs/common';

import { OutgoingHttpModule } from '../../platform/http/outgoing-http.module.js';
import { FlinksClient } from './flinks.client.js';
import { FlinksProvider } from './flinks.provider.js';
import { FlinksWebhook } from './flinks.webhook.js';
import { FlinksAccountData } from './flinks-account-data.js';
import { FlinksAnswering } from './flinks-answering.js';
import { FlinksAuthorizer } from './flinks-authorizer.js';
import { FlinksCards } from './flinks-cards.js';
import { FlinksCredentialsService } from './flinks-credentials.service.js';
import { FlinksDataCalls } from './flinks-data.js';
import { FlinksInstitutions } from './flinks-institutions.js';
import { FlinksLinkConfirmation } from './flinks-link-confirmation.js';
import { FlinksLinkFlow } from './flinks-link.flow.js';
import { FlinksLoginRefresher } from './flinks-login-refresher.js';
import { FlinksLogins } from './flinks-logins.js';
import { FlinksReaders } from './flinks-readers.js';
import { FlinksSchedule } from './flinks-schedule.js';
import { FlinksSessions } from './flinks-sessions.js';
import { FlinksStatements } from './flinks-statements.js';
import { FlinksStored } from './flinks-stored.js';
import { FlinksTokens } from './flinks-tokens.js';
import { FlinksWire } from './flinks-wire.js';

@Module({
  imports: [OutgoingHttpModule],
  providers: [
    FlinksWire,
    FlinksTokens,
    FlinksClient,
    FlinksAuthorizer,
    FlinksDataCalls,
    FlinksSchedule,
    FlinksSessions,
    FlinksCards,
    FlinksInstitutions,
    FlinksLogins,
    FlinksAnswering,
    FlinksCredentialsService,
    FlinksLoginRefresher,
    FlinksLinkConfirmation,
    FlinksLinkFlow,
    FlinksStored,
    FlinksAccountData,
    FlinksStatements,
    FlinksWebhook,
    FlinksReaders,
    FlinksProvider,
  ],
  exports: [FlinksProvider],
})
export class FlinksModule {}
