import { Module } from '@nestjs/common';

import { OutgoingHttpModule } from '../../platform/http/outgoing-http.module.js';
import { TinkClient } from './tink.client.js';
import { TinkPorts } from './tink.ports.js';
import { TinkProvider } from './tink.provider.js';
import { TinkWebhook } from './tink.webhook.js';
import { TinkAccountData } from './tink-account-data.js';
import { TinkCredentialsService } from './tink-credentials.service.js';
import { TinkDataClient } from './tink-data.client.js';
import { TinkInstitutions } from './tink-institutions.js';
import { TinkLinkFlow } from './tink-link.flow.js';
import { TinkLoginRefresher } from './tink-login-refresher.js';
import { TinkSnapshots } from './tink-snapshots.js';
import { TinkTokens } from './tink-tokens.js';
import { TinkUsers } from './tink-users.js';
import { TinkWire } from './tink-wire.js';

@Module({
  imports: [OutgoingHttpModule],
  providers: [
    TinkWire,
    TinkTokens,
    TinkClient,
    TinkSnapshots,
    TinkCredentialsService,
    TinkLoginRefresher,
    TinkLinkFlow,
    TinkUsers,
    TinkInstitutions,
    TinkDataClient,
    TinkAccountData,
    TinkWebhook,
    TinkPorts,
    TinkProvider,
  ],
  exports: [TinkProvider],
})
export class TinkModule {}
