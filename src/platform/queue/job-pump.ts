import type { ClaimedJob, FailureNote, JobSource } from './job-source.js';
import type { JobHandler } from './job-workers.js';
import { RunningJob } from './running-job.js';
import { Settlements } from './settlements.js';
import { WaitingRoom } from './waiting-room.js';

/** After an outage is felt. */
const AGAIN_MS = 1_000;
/** From one claim to the next, so that one statement claims jobs for many places. A queue that was quiet does not wait. */
const APART_MS = 10;
const LAST_MS = 2_000;

export interface PumpSetting {
  readonly name: string;
  readonly places: number;
  /** Claimed and waiting for a place, at most. */
  readonly ahead?: number;
  /** Claimed and not ended at this moment, at most. */
  readonly atMost?: () => number;
  /** Between two looks into an empty queue. */
  readonly idleMs: number;
}

export interface PumpObserver {
  ended(queue: string, outcome: 'done' | 'failed', seconds: number): void;
  failed(queue: string, error: unknown): void;
  worked(queue: string): void;
}

export interface WorkedOff {
  readonly done: number;
  readonly failed: number;
}

/**
 * Runs the jobs of one queue, so many at a time. A place that becomes free is filled at once while there is work; no
 * job waits for another one to end.
 */
export class JobPump {
  private readonly running = new Set<RunningJob>();
  private readonly next: ClaimedJob[] = [];
  private readonly room = new WaitingRoom();
  private readonly settlements: Settlements;
  private loop: Promise<void> | null = null;
  private full = false;
  private lastClaim = -APART_MS;
  private stopped = false;

  constructor(
    private readonly setting: PumpSetting,
    private readonly source: JobSource,
    private readonly handler: JobHandler<object>,
    private readonly observer: PumpObserver,
  ) {
    this.settlements = new Settlements(source, (error) => {
      observer.failed(setting.name, error);
    });
  }

  start(): void {
    if (!this.stopped) this.loop ??= this.pump();
  }

  wake(): void {
    this.room.call();
  }

  /** Takes no more; what runs may end within `graceMs`, then it is told to stop and left to its next attempt. */
  async stop(graceMs: number): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.loop;
    await this.quiet(graceMs);
    const never = this.next.splice(0);
    for (const each of this.running) each.abort();
    await this.quiet(LAST_MS);
    const left = [...this.running].map(({ job }) => job);
    for (const job of [...left, ...never]) this.settlements.add(job, { message: 'The process stopped.' });
    await this.settlements.close();
  }

  /** Is a job being worked on? Then others may wait here for its place. */
  get isBusy(): boolean {
    return this.running.size > 0;
  }

  /** Runs what waits now, until nothing does. Also when the pump was never started. */
  async workOff(): Promise<WorkedOff> {
    const total = { done: 0, failed: 0 };
    for (;;) {
      const jobs = await this.source.fetch(this.setting.places);
      const notes = await Promise.all(jobs.map((job) => this.run(job)));
      await this.settlements.flush();
      for (const note of notes) total[note ? 'failed' : 'done'] += 1;
      if (jobs.length > 0) continue;
      if (this.running.size === 0) return total;
      await Promise.all([...this.running].map(({ ended }) => ended));
    }
  }

  private async pump(): Promise<void> {
    for (;;) {
      await this.keepApart();
      // What was claimed before has begun or waits for a place; `stop` waits for it.
      if (this.stopped) return;
      const free = this.free();
      if (free <= 0) {
        this.full = true;
        await this.room.wait(this.setting.idleMs);
        this.full = false;
        continue;
      }
      const jobs = await this.claim(free);
      this.next.push(...(jobs ?? []));
      this.fill();
      if (jobs === null) await this.rest();
      else if (jobs.length < free) await this.room.wait(this.setting.idleMs);
    }
  }

  private free(): number {
    const { places, ahead = 0, atMost } = this.setting;
    const most = Math.min(places + ahead, atMost?.() ?? Infinity);
    return most - this.running.size - this.next.length;
  }

  private fill(): void {
    while (this.running.size < this.setting.places) {
      const job = this.next.shift();
      if (!job) return;
      void this.run(job);
    }
  }

  private async keepApart(): Promise<void> {
    const early = this.lastClaim + APART_MS - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
  }

  private async rest(): Promise<void> {
    const until = performance.now() + AGAIN_MS;
    for (let left = AGAIN_MS; left > 0 && !this.stopped; left = until - performance.now()) await this.room.wait(left);
  }

  /** `null` = the queue cannot be reached. */
  private async claim(most: number): Promise<readonly ClaimedJob[] | null> {
    this.lastClaim = performance.now();
    try {
      const jobs = await this.source.fetch(most);
      this.observer.worked(this.setting.name);
      return jobs;
    } catch (error) {
      this.observer.failed(this.setting.name, error);
      return null;
    }
  }

  private async run(job: ClaimedJob): Promise<FailureNote | null> {
    const begun = performance.now();
    const running = new RunningJob(job, this.handler);
    this.running.add(running);
    const note = await running.ended;
    this.running.delete(running);
    this.fill();
    this.settlements.add(job, note);
    this.observer.ended(this.setting.name, note ? 'failed' : 'done', (performance.now() - begun) / 1_000);
    if (this.full) this.wake();
    return note;
  }

  /** Until nothing runs, also of what begins meanwhile, or the time is over. */
  private async quiet(ms: number): Promise<void> {
    const until = performance.now() + ms;
    for (let left = ms; this.running.size > 0 && left > 0; left = until - performance.now()) {
      let timer: NodeJS.Timeout | undefined;
      const over = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, left);
      });
      await Promise.race([Promise.all([...this.running].map(({ ended }) => ended)), over]);
      clearTimeout(timer);
    }
  }
}
