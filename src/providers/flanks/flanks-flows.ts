import { Injectable } from '@nestjs/common';

import { FlanksConfig } from '../../config/slices.js';
import type { LinkFlow } from '../../credentials/link-flow.js';
import { FlanksLinkFlow } from './flanks-link.flow.js';
import { FlanksSessionFlow } from './flanks-session.flow.js';

/** Flanks has two kinds of visits; an installation uses one of them. */
@Injectable()
export class FlanksFlows {
  readonly chosen: LinkFlow;

  constructor(config: FlanksConfig, link: FlanksLinkFlow, session: FlanksSessionFlow) {
    this.chosen = config.flow === 'session' ? session : link;
  }
}
