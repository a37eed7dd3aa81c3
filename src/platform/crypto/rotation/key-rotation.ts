import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { JobQueue } from '../../queue/job-queue.js';
import { JobWorkers } from '../../queue/job-workers.js';
import { Clock } from '../../time/clock.js';
import { KeyRing } from '../key-ring.js';
import { ResealTable } from './reseal-table.js';
import { ROTATE_KEYS, type RotationJob } from './rotation-job.js';
import { RotationRepository } from './rotation.repository.js';
import { SEALED_TABLES } from './sealed-columns.js';

/** Batches of one job: about half a minute at most, far below its time. */
const STEPS = 100;
const AT_ONCE = 2;

/** Brings every sealed value to the current key while everything runs. */
@Injectable()
export class KeyRotation implements OnModuleInit {
  private readonly log = new Logger(KeyRotation.name);

  constructor(
    private readonly rows: RotationRepository,
    private readonly tables: ResealTable,
    private readonly keys: KeyRing,
    private readonly queue: JobQueue,
    private readonly workers: JobWorkers,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.workers.handle(ROTATE_KEYS, async (job, signal) => this.work(job, signal), { concurrency: AT_ONCE });
  }

  /** Again while one is under way: it goes on where it is. @param manager of the transaction that records who did it. */
  async begin(manager: EntityManager): Promise<void> {
    await this.rows.begin(manager, this.keys.current.id, this.clock.now());
    const jobs = SEALED_TABLES.map(({ table }) => ({ data: { table }, key: table }));
    await this.queue.sendMany(ROTATE_KEYS, jobs, manager);
  }

  private async work({ table }: RotationJob, signal: AbortSignal): Promise<void> {
    for (let step = 0; step < STEPS && !signal.aborted; step++) {
      if (!(await this.tables.step(table))) continue;
      if (await this.rows.retireOthers(this.keys.current.id)) {
        this.log.log({ keyId: this.keys.current.id }, 'every value is sealed with the current key');
      }
      return;
    }
    await this.queue.send(ROTATE_KEYS, { data: { table }, key: table });
  }
}
