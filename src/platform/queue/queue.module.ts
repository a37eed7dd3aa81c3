import { Global, Module } from '@nestjs/common';

import { Boss } from './boss.js';
import { DeadLetters } from './dead-letters.js';
import { JobBell } from './job-bell.js';
import { JobKinds } from './job-kinds.js';
import { JobMetrics } from './job-metrics.js';
import { JobQueue } from './job-queue.js';
import { JobWorkers } from './job-workers.js';
import { PgBossQueue } from './pg-boss-queue.js';
import { PgBossWorkers } from './pg-boss-workers.js';
import { QueueCountsReader } from './queue-counts.js';
import { QueueLifetime } from './queue-lifetime.js';

/** Jobs in the database of the application. A process with the role `api` sends, and runs none by itself. */
@Global()
@Module({
  providers: [
    Boss,
    JobBell,
    JobKinds,
    JobMetrics,
    QueueCountsReader,
    DeadLetters,
    PgBossWorkers,
    QueueLifetime,
    { provide: JobQueue, useClass: PgBossQueue },
    { provide: JobWorkers, useExisting: PgBossWorkers },
  ],
  exports: [JobQueue, JobWorkers, JobKinds, DeadLetters, QueueCountsReader],
})
export class QueueModule {}
