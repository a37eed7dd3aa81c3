import { Module } from '@nestjs/common';

import { OutgoingHttpModule } from '../../platform/http/outgoing-http.module.js';
import { FlanksClient } from './flanks.client.js';
import { FlanksProvider } from './flanks.provider.js';
import { FlanksAccountData } from './flanks-account-data.js';
import { FlanksAggregation } from './flanks-aggregation.js';
import { FlanksBanks } from './flanks-banks.js';
import { FlanksCensus } from './flanks-census.js';
import { FlanksCredentialsService } from './flanks-credentials.service.js';
import { FlanksFlows } from './flanks-flows.js';
import { FlanksInstitutions } from './flanks-institutions.js';
import { FlanksLinkCodes } from './flanks-link-codes.js';
import { FlanksLinkFlow } from './flanks-link.flow.js';
import { FlanksLinkReturns } from './flanks-link-returns.js';
import { FlanksLinks } from './flanks-links.js';
import { FlanksListing } from './flanks-listing.js';
import { FlanksProductReader } from './flanks-product-reader.js';
import { FlanksRepairs } from './flanks-repairs.js';
import { FlanksSessionFlow } from './flanks-session.flow.js';
import { FlanksSessions } from './flanks-sessions.js';
import { FlanksStatuses } from './flanks-statuses.js';
import { FlanksTokens } from './flanks-tokens.js';
import { FlanksUserCredentials } from './flanks-user-credentials.js';
import { FlanksWire } from './flanks-wire.js';

@Module({
  imports: [OutgoingHttpModule],
  providers: [
    FlanksWire,
    FlanksTokens,
    FlanksClient,
    FlanksStatuses,
    FlanksListing,
    FlanksUserCredentials,
    FlanksCredentialsService,
    FlanksBanks,
    FlanksInstitutions,
    FlanksLinks,
    FlanksLinkCodes,
    FlanksLinkReturns,
    FlanksRepairs,
    FlanksLinkFlow,
    FlanksSessions,
    FlanksSessionFlow,
    FlanksFlows,
    FlanksAggregation,
    FlanksProductReader,
    FlanksAccountData,
    FlanksCensus,
    FlanksProvider,
  ],
  exports: [FlanksProvider],
})
export class FlanksModule {}
