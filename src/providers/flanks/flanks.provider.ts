import { Injectable } from '@nestjs/common';

import { FlanksConfig } from '../../config/slices.js';
import type { LinkFlow } from '../../credentials/link-flow.js';
import { providerId } from '../../credentials/provider-id.js';
import { Provider } from '../../credentials/provider.js';
import { FlanksAccountData } from './flanks-account-data.js';
import { FlanksCensus } from './flanks-census.js';
import { FlanksCredentialsService } from './flanks-credentials.service.js';
import { FlanksFlows } from './flanks-flows.js';
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
    flows: FlanksFlows,
    override readonly data: FlanksAccountData,
    override readonly census: FlanksCensus,
  ) {
    super();
    this.configured = config.client !== null;
    this.links = flows.chosen;
  }
}
