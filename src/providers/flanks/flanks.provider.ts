import { Injectable } from '@nestjs/common';

import { FlanksConfig } from '../../config/slices.js';
import type { LinkFlow } from '../../credentials/link-flow.js';
import { providerId } from '../../credentials/provider-id.js';
import { Provider } from '../../credentials/provider.js';
import { FlanksLinkFlow } from './flanks-link.flow.js';
import { FlanksSessionFlow } from './flanks-session.flow.js';
import { FlanksCredentialsService } from './flanks-credentials.service.js';
import { FlanksInstitutions } from './flanks-institutions.js';

@Injectable()
export class FlanksProvider extends Provider {
  override readonly id = providerId('flanks');
  override readonly name = 'Flanks';
  override readonly configured: boolean;
  override readonly links: LinkFlow;

  constructor(
    config: FlanksConfig,
    override readonly credentials: FlanksCredentialsService,
    override readonly institutions: FlanksInstitutions,
    link: FlanksLinkFlow,
    session: FlanksSessionFlow,
  ) {
    super();
    this.configured = config.client !== null;
    this.links = config.flow === 'session' ? session : link;
  }
}
