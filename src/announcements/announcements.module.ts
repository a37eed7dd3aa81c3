import { Module } from '@nestjs/common';

import { ConnectionsModule } from '../connections/connections.module.js';
import { AnnounceClocks } from './announce-clocks.js';
import { UntoldRepository } from './persistence/untold.repository.js';

/** What is told of connections without anything having happened to them. The outbox is there for every room. */
@Module({
  imports: [ConnectionsModule],
  providers: [UntoldRepository, AnnounceClocks],
  exports: [AnnounceClocks],
})
export class AnnouncementsModule {}
