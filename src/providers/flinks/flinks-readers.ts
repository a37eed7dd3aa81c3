import { Injectable } from '@nestjs/common';

import { FlinksWebhook } from './flinks.webhook.js';
import { FlinksAccountData } from './flinks-account-data.js';
import { FlinksStatements } from './flinks-statements.js';

/** The ports that bring what the bank knows. */
@Injectable()
export class FlinksReaders {
  constructor(
    readonly data: FlinksAccountData,
    readonly statements: FlinksStatements,
    readonly webhooks: FlinksWebhook,
  ) {}
}
