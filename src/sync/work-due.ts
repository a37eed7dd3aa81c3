import { Injectable } from '@nestjs/common';

import { JobWorkers } from '../platform/queue/job-workers.js';
import { FollowUpDuties } from './follow-up-duties.js';
import { UrgentDuties } from './urgent-duties.js';

/** Does here and now what a worker would do within its next seconds. For tests and tools. */
@Injectable()
export class WorkDue {
  constructor(
    private readonly urgent: UrgentDuties,
    private readonly followUps: FollowUpDuties,
    private readonly workers: JobWorkers,
  ) {}

  async run(): Promise<void> {
    const { signal } = new AbortController();
    for (const duty of [...this.urgent.all, ...this.followUps.all]) await duty.run(signal);
    await this.workers.workOff();
  }
}
