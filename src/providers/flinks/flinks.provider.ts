import { Injectable } from '@nestjs/common';

import { FlinksConfig } from '../../config/slices.js';
import { providerId } from '../../credentials/provider-id.js';
import { Provider } from '../../credentials/provider.js';
import { FlinksCredentialsService } from './flinks-credentials.service.js';
import { FlinksInstitutions } from './flinks-institutions.js';
import { FlinksLinkFlow } from './flinks-link.flow.js';
import { FlinksLoginRefresher } from './flinks-login-refresher.js';

@Injectable()
export class FlinksProvider extends Provider {
  override readonly id = providerId('flinks');
  override readonly name = 'Flinks';
  override readonly configured: boolean;

  constructor(
    config: FlinksConfig,
    override readonly credentials: FlinksCredentialsService,
    override readonly login: FlinksLoginRefresher,
    override readonly links: FlinksLinkFlow,
    override readonly institutions: FlinksInstitutions,
  ) {
    super();
    this.configured = config.customerId !== null;
  }
}
