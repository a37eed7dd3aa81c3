import { Injectable } from '@nestjs/common';

import { FlinksConfig } from '../../config/slices.js';
import { providerId } from '../../credentials/provider-id.js';
import { Provider } from '../../credentials/provider.js';
import { FlinksCredentialsService } from './flinks-credentials.service.js';
import { FlinksInstitutions } from './flinks-institutions.js';
import { FlinksLinkFlow } from './flinks-link.flow.js';
import { FlinksLoginRefresher } from './flinks-login-refresher.js';
import { FlinksReaders } from './flinks-readers.js';

@Injectable()
export class FlinksProvider extends Provider {
  override readonly id = providerId('flinks');
  override readonly name = 'Flinks';
  override readonly configured: boolean;
  override readonly data: FlinksReaders['data'];
  override readonly statements: FlinksReaders['statements'];
  override readonly webhooks: FlinksReaders['webhooks'];

  constructor(
    config: FlinksConfig,
    override readonly credentials: FlinksCredentialsService,
    override readonly login: FlinksLoginRefresher,
    override readonly links: FlinksLinkFlow,
    override readonly institutions: FlinksInstitutions,
    { data, statements, webhooks }: FlinksReaders,
  ) {
    super();
    this.configured = config.customerId !== null;
    this.data = data;
    this.statements = statements;
    this.webhooks = webhooks;
  }
}
