import { startFlinksLink } from './flinks-link.harness.js';
import { describeLinkFlowContract } from './link-flow.contract.js';

describeLinkFlowContract('Flinks', startFlinksLink);
