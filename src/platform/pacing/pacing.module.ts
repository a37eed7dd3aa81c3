import { Global, Module } from '@nestjs/common';

import { OutgoingPace } from '../http/outgoing-pace.js';
import { DatabasePace } from './database-pace.js';
import { PaceRepository } from './pace.repository.js';
import { ProviderPace } from './provider-pace.js';

/** How fast providers are called, agreed between all processes. */
@Global()
@Module({
  providers: [PaceRepository, ProviderPace, DatabasePace, { provide: OutgoingPace, useExisting: DatabasePace }],
  exports: [PaceRepository, ProviderPace, DatabasePace, OutgoingPace],
})
export class PacingModule {}
