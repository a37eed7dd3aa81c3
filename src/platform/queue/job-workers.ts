import type { JobKind } from './job-queue.js';

/** @param signal aborts when the process stops or the job's time is over. Throwing = try again later. */
export type JobHandler<Data extends object> = (data: Data, signal: AbortSignal) => Promise<void>;

export interface WorkOptions {
  /** Jobs of this kind at the same time in this process. */
  readonly concurrency: number;
  /**
   * Jobs that wait here for a free place, so that none is empty meanwhile. For short jobs that are all alike: what waits
   * here is not done by another process that is idle. 0 when absent.
   */
  readonly ahead?: number;
  /**
   * Asked before each claim: no more than so many here now, those that wait for a place included. What is left in the
   * queue is for other processes. It is asked again twice a second.
   */
  readonly atMost?: () => number;
}

/** Takes work out of the queues. A room declares its handlers in `onModuleInit`; a process with the role `api` runs none. */
export abstract class JobWorkers {
  abstract handle<Data extends object>(kind: JobKind<Data>, handler: JobHandler<Data>, options: WorkOptions): void;

  /**
   * Runs here and now what waits in the queues, and what that causes, until nothing is left. For tests and tools: a
   * failing job is left to its next attempt and reported by the result.
   */
  abstract workOff(): Promise<{ readonly done: number; readonly failed: number }>;
}
