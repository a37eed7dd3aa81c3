import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';

const BUCKETS_SECONDS = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300];

@Injectable()
export class TaskMetrics {
  private readonly runs: Counter<'task' | 'outcome'>;
  private readonly duration: Histogram<'task'>;

  constructor(registry: Registry) {
    this.runs = new Counter({
      name: 'mooring_task_runs_total',
      help: 'Runs of scheduled tasks that ended in this process.',
      labelNames: ['task', 'outcome'],
      registers: [registry],
    });
    this.duration = new Histogram({
      name: 'mooring_task_duration_seconds',
      help: 'Time of one run of a scheduled task.',
      labelNames: ['task'],
      buckets: BUCKETS_SECONDS,
      registers: [registry],
    });
  }

  ended(task: string, outcome: 'done' | 'failed', seconds: number): void {
    this.runs.inc({ task, outcome });
    this.duration.observe({ task }, seconds);
  }
}
