import { Injectable } from '@nestjs/common';

import { TinkAccountData } from './tink-account-data.js';
import { TinkInstitutions } from './tink-institutions.js';
import { TinkLinkFlow } from './tink-link.flow.js';
import { TinkLoginRefresher } from './tink-login-refresher.js';
import { TinkUsers } from './tink-users.js';
import { TinkWebhook } from './tink.webhook.js';

/** What Tink has beside credentials. */
@Injectable()
export class TinkPorts {
  constructor(
    readonly login: TinkLoginRefresher,
    readonly users: TinkUsers,
    readonly institutions: TinkInstitutions,
    readonly links: TinkLinkFlow,
    readonly data: TinkAccountData,
    readonly webhooks: TinkWebhook,
  ) {}
}
