import { Injectable } from '@nestjs/common';

import { TinkConfig } from '../../config/slices.js';
import { providerId } from '../../credentials/provider-id.js';
import { Provider } from '../../credentials/provider.js';
import { TinkCredentialsService } from './tink-credentials.service.js';
import { TinkInstitutions } from './tink-institutions.js';
import { TinkLinkFlow } from './tink-link.flow.js';
import { TinkLoginRefresher } from './tink-login-refresher.js';
import { TinkUsers } from './tink-users.js';

@Injectable()
export class TinkProvider extends Provider {
  override readonly id = providerId('tink');
  override readonly name = 'Tink';
  override readonly configured: boolean;

  constructor(
    config: TinkConfig,
    override readonly credentials: TinkCredentialsService,
    override readonly login: TinkLoginRefresher,
    override readonly users: TinkUsers,
    override readonly institutions: TinkInstitutions,
    override readonly links: TinkLinkFlow,
  ) {
    super();
    this.configured = config.client !== null;
  }
}
