import { startFlanksLink } from './flanks-link.harness.js';
import { describeLinkFlowContract } from './link-flow.contract.js';

describeLinkFlowContract('Flanks Link', startFlanksLink('link'));
describeLinkFlowContract(
  'Flanks Link, with late codes and one token at a time',
  startFlanksLink('link', {
    delayedExchange: true,
    singleActiveToken: true,
    badRequestShape: 'new',
    groupKey: 'transactions',
  }),
);
describeLinkFlowContract('Flanks sessions', startFlanksLink('session'));
describeLinkFlowContract(
  'Flanks sessions, that take their time',
  startFlanksLink('session', { processingOnReturn: true }),
);
