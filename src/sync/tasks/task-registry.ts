import { Injectable } from '@nestjs/common';

import type { ScheduledTask } from './scheduled-task.js';

/** The tasks that this process can run. */
@Injectable()
export class TaskRegistry {
  private readonly tasks = new Map<string, ScheduledTask>();

  /** @throws RangeError when the name is taken. */
  add(task: ScheduledTask): void {
    if (this.tasks.has(task.name)) throw new RangeError(`Task "${task.name}" exists.`);
    this.tasks.set(task.name, task);
  }

  get(name: string): ScheduledTask | undefined {
    return this.tasks.get(name);
  }

  all(): readonly ScheduledTask[] {
    return [...this.tasks.values()];
  }
}
