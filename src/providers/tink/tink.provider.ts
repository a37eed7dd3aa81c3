import { Injectable } from '@nestjs/common';

import { TinkConfig } from '../../config/slices.js';
import { providerId } from '../../credentials/provider-id.js';
import { Provider } from '../../credentials/provider.js';
import { TinkCredentialsService } from './tink-credentials.service.js';
import { TinkPorts } from './tink.ports.js';

@Injectable()
export class TinkProvider extends Provider {
  override readonly id = providerId('tink');
  override readonly name = 'Tink';
  override readonly configured: boolean;
  override readonly login: TinkPorts['login'];
  override readonly users: TinkPorts['users'];
  override readonly institutions: TinkPorts['institutions'];
  override readonly links: TinkPorts['links'];
  override readonly data: TinkPorts['data'];
  override readonly webhooks: TinkPorts['webhooks'];

  constructor(
    config: TinkConfig,
    override readonly credentials: TinkCredentialsService,
    ports: TinkPorts,
  ) {
    super();
    this.configured = config.client !== null;
    ({
      login: this.login,
      users: this.users,
      institutions: this.institutions,
      links: this.links,
      data: this.data,
      webhooks: this.webhooks,
    } = ports);
  }
}
