import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';

import type { Role } from '../config/slices.js';
import { ConnectionsModule } from '../connections/connections.module.js';
import { ErasureModule } from '../erasure/erasure.module.js';
import { LinkSessionsModule } from '../link-sessions/link-sessions.module.js';
import { PruneTask } from './tasks/prune.task.js';
import { WatchTask } from './tasks/watch.task.js';

/** Scheduled work. A process with the role `api` has none. */
@Module({})
export class SyncModule {
  static forRole(role: Role): DynamicModule {
    if (role === 'api') return { module: SyncModule };
    return {
      module: SyncModule,
      imports: [ScheduleModule.forRoot(), ConnectionsModule, LinkSessionsModule, ErasureModule],
      providers: [WatchTask, PruneTask],
    };
  }
}
