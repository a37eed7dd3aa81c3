import { Module } from '@nestjs/common';

import { OutgoingHttpModule } from '../platform/http/outgoing-http.module.js';
import { ProvidersModule } from '../providers/registry/providers.module.js';
import { ProvidersController } from './http/providers.controller.js';
import { ListInstitutions } from './list-institutions.js';

/** Which providers there are, what they can do, and which banks they reach. */
@Module({
  imports: [ProvidersModule, OutgoingHttpModule],
  controllers: [ProvidersController],
  providers: [ListInstitutions],
})
export class DirectoryModule {}
