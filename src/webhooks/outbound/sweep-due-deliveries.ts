import { Injectable } from '@nestjs/common';

import { JobQueue } from '../../platform/queue/job-queue.js';
import { Clock } from '../../platform/time/clock.js';
import { DELIVER, deliverJob } from './domain/deliver-job.js';
import { UpkeepRepository } from './persistence/upkeep.repository.js';

const PAGE = 200;
const NONE_YET = '00000000-0000-0000-0000-000000000000';

/**
 * Sends a job for each endpoint where something is due: attempts whose time has come, and whatever a crash left.
 * Any number of processes may run it: of jobs for one endpoint, at most one waits.
 */
@Injectable()
export class SweepDueDeliveries {
  constructor(
    private readonly upkeep: UpkeepRepository,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** @returns how many endpoints have something due. */
  async run(): Promise<number> {
    const now = this.clock.now();
    let found = 0;
    for (let page: readonly string[] = [NONE_YET]; page.length > 0; found += page.length) {
      page = await this.upkeep.dueEndpoints(now, page.at(-1) ?? NONE_YET, PAGE);
      if (page.length === 0) break;
      await this.jobs.sendMany(
        DELIVER,
        page.map((id) => deliverJob(id)),
      );
    }
    return found;
  }
}
