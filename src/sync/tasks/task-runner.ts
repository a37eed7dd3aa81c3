import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { Ids } from '../../platform/ids/ids.js';
import { noteOf } from '../../platform/queue/failure-note.js';
import { Clock } from '../../platform/time/clock.js';
import {
  ScheduledTaskRepository,
  type ClaimedTask,
  type TaskOutcome,
} from '../persistence/scheduled-task.repository.js';
import { SingleRun } from '../single-run.js';
import type { ScheduledTask } from './scheduled-task.js';
import { TaskMetrics } from './task-metrics.js';
import { TaskRegistry } from './task-registry.js';

const EVERY_MS = 500;
const MOST_LETTERS = 300;

interface Running {
  readonly control: AbortController;
  readonly ended: Promise<void>;
}

/** Runs the tasks that are due. Any number of processes may tick: the rows say who has which task. */
@Injectable()
export class TaskRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(TaskRunner.name);
  private readonly claims = new SingleRun('claim tasks');
  private readonly running = new Map<string, Running>();
  private readonly failing = new Set<string>();
  /** Of runs that ended while the database was away. Without them the tasks would wait for the ends of their leases. */
  private readonly unwritten = new Map<ClaimedTask, TaskOutcome>();
  private readonly owner: string;
  private stopped = false;

  constructor(
    private readonly registry: TaskRegistry,
    private readonly rows: ScheduledTaskRepository,
    private readonly clock: Clock,
    private readonly metrics: TaskMetrics,
    ids: Ids,
  ) {
    this.owner = ids.next();
  }

  async onApplicationBootstrap(): Promise<void> {
    const at = this.clock.now();
    await this.rows.addMissing(this.registry.all().map(({ name, everyMs }) => ({ name, everyMs, at })));
  }

  /** Long tasks do not hold up the others: the next beat looks while they still run. */
  @Interval(EVERY_MS)
  beat(): void {
    this.claims.tick(async () => {
      await this.begin();
    });
  }

  /** Begins what is due, and waits for it. */
  async tick(): Promise<void> {
    await Promise.all((await this.begin()).map(({ ended }) => ended));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.claims.stop();
    for (const { control } of this.running.values()) control.abort();
    await Promise.all([...this.running.values()].map(({ ended }) => ended));
  }

  /** Asked again after each wait. */
  private mustStop(): boolean {
    return this.stopped;
  }

  private async begin(): Promise<readonly Running[]> {
    const idle = this.registry.all().filter(({ name }) => !this.running.has(name));
    if (idle.length === 0 || this.mustStop()) return [];
    await this.writeLate();
    const claimed = await this.rows.claim(idle, this.owner, this.clock.now());
    if (this.mustStop()) {
      await Promise.all(claimed.map(async (claim) => this.rows.giveBack(claim)));
      return [];
    }
    return claimed.flatMap((claim) => {
      const task = this.registry.get(claim.name);
      return task ? [this.run(task, claim)] : [];
    });
  }

  private run(task: ScheduledTask, claim: ClaimedTask): Running {
    const control = new AbortController();
    const lease = setTimeout(() => {
      control.abort();
    }, task.leaseMs).unref();
    const ended = this.runToEnd(task, claim, control.signal).finally(() => {
      clearTimeout(lease);
      this.running.delete(task.name);
    });
    const running = { control, ended };
    this.running.set(task.name, running);
    return running;
  }

  /** Rejects while the database is still away. One whose lease has ended meanwhile changes nothing. */
  private async writeLate(): Promise<void> {
    for (const [claim, outcome] of this.unwritten) {
      await this.rows.finish(claim, outcome);
      this.unwritten.delete(claim);
    }
  }

  /** Never rejects. A result that cannot be written is written at a later beat. */
  private async runToEnd(task: ScheduledTask, claim: ClaimedTask, signal: AbortSignal): Promise<void> {
    const begun = performance.now();
    const { result, error } = await this.outcomeOf(task, signal);
    const durationMs = Math.round(performance.now() - begun);
    this.metrics.ended(task.name, error === null ? 'done' : 'failed', durationMs / 1_000);
    const outcome: TaskOutcome = { at: this.clock.now(), durationMs, result, error };
    try {
      if (!(await this.rows.finish(claim, outcome))) this.log.warn({ task: task.name }, 'a task ran over its lease');
    } catch (failure) {
      this.unwritten.set(claim, outcome);
      this.log.warn({ task: task.name, err: failure }, 'the result of a task could not be written yet');
    }
  }

  private async outcomeOf(task: ScheduledTask, signal: AbortSignal): Promise<Pick<TaskOutcome, 'result' | 'error'>> {
    try {
      const result = (await task.run(signal)).slice(0, MOST_LETTERS);
      if (this.failing.delete(task.name)) this.log.log({ task: task.name }, 'a task works again');
      return { result, error: null };
    } catch (error) {
      // One that fails at every run would fill the log.
      if (!this.failing.has(task.name)) this.log.error({ task: task.name, err: error }, 'a task failed');
      this.failing.add(task.name);
      return { result: null, error: noteOf(error).message };
    }
  }
}
