import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ScheduledTaskEntity } from './persistence/scheduled-task.entity.js';
import { ScheduledTaskRepository } from './persistence/scheduled-task.repository.js';
import { TaskMetrics } from './tasks/task-metrics.js';
import { TaskRegistry } from './tasks/task-registry.js';
import { TaskRunner } from './tasks/task-runner.js';

/**
 * Tasks as rows. In every role, as operators may ask any process; they tick only where the scheduler is loaded, which
 * is not in the role `api`.
 */
@Module({
  imports: [TypeOrmModule.forFeature([ScheduledTaskEntity])],
  providers: [ScheduledTaskRepository, TaskMetrics, TaskRegistry, TaskRunner],
  exports: [ScheduledTaskRepository, TaskRegistry, TaskRunner],
})
export class TasksModule {}
