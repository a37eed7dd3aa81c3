import { Injectable, type OnModuleInit } from '@nestjs/common';

import { FollowUpDuties } from './follow-up-duties.js';
import { PruningDuties } from './pruning-duties.js';
import { TaskRegistry } from './tasks/task-registry.js';
import { UrgentDuties } from './urgent-duties.js';
import { WatchfulDuties } from './watchful-duties.js';

/** Makes every duty a scheduled task: a row that operators read and set. */
@Injectable()
export class RegisterTasks implements OnModuleInit {
  constructor(
    private readonly registry: TaskRegistry,
    private readonly urgent: UrgentDuties,
    private readonly followUps: FollowUpDuties,
    private readonly watchful: WatchfulDuties,
    private readonly pruning: PruningDuties,
  ) {}

  onModuleInit(): void {
    const duties = [this.urgent, this.followUps, this.watchful, this.pruning];
    for (const task of duties.flatMap(({ all }) => all)) this.registry.add(task);
  }
}
