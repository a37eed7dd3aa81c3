import { describeLinkFlowContract } from './link-flow.contract.js';
import { startTinkLink } from './tink-link.harness.js';

describeLinkFlowContract('Tink', startTinkLink());
describeLinkFlowContract(
  'Tink, spelled the other way and going back early',
  startTinkLink({ spelling: 'credentialsId', earlyRedirect: true }),
);
