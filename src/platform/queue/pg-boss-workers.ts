import { Injectable } from '@nestjs/common';

import { Boss } from './boss.js';
import { BossSource } from './boss-source.js';
import { JobBell } from './job-bell.js';
import { JobKinds } from './job-kinds.js';
import { JobMetrics } from './job-metrics.js';
import { JobPump, type PumpObserver, type WorkedOff } from './job-pump.js';
import type { JobKind } from './job-queue.js';
import { JobWorkers, type JobHandler, type WorkOptions } from './job-workers.js';
import { QueueLookout } from './queue-lookout.js';
import { readyQueues } from './ready-queues.js';

const LOOK_MS = 500;
/** The embedded database serves one process, which wakes its workers itself; only second attempts are looked for. */
const EMBEDDED_LOOK_MS = 1_000;
/** A pump is woken when its queue has work. This is for the case that nobody did. */
const IDLE_MS = 60_000;
/** Its name in outages. */
const LOOKOUT = 'lookout';
const MOST_ROUNDS = 1_000;

/** One pump for each kind that has a handler. */
@Injectable()
export class PgBossWorkers extends JobWorkers {
  private readonly pumps = new Map<string, JobPump>();
  private readonly observer: PumpObserver;
  private readonly lookout: QueueLookout;
  private started = false;

  constructor(
    private readonly boss: Boss,
    private readonly kinds: JobKinds,
    private readonly bell: JobBell,
    metrics: JobMetrics,
  ) {
    super();
    this.observer = {
      ended: (queue, outcome, seconds) => {
        metrics.ended(queue, outcome, seconds);
      },
      failed: (queue, error) => {
        boss.outage.failed(queue, error);
      },
      worked: (queue) => {
        boss.outage.worked(queue);
      },
    };
    this.lookout = new QueueLookout({
      everyMs: boss.embedded ? EMBEDDED_LOOK_MS : LOOK_MS,
      ready: async () => readyQueues(boss, [...this.pumps.keys()]),
      wake: (queue) => this.pumps.get(queue)?.wake(),
      failed: (error) => {
        boss.outage.failed(LOOKOUT, error);
      },
      worked: () => {
        boss.outage.worked(LOOKOUT);
      },
    });
  }

  /** @throws RangeError when the kind has a handler already. */
  override handle<Data extends object>(kind: JobKind<Data>, handler: JobHandler<Data>, options: WorkOptions): void {
    if (this.pumps.has(kind.name)) throw new RangeError(`Jobs of "${kind.name}" have a handler.`);
    this.kinds.declare(kind);
    const { concurrency: places, ...more } = options;
    const setting = { name: kind.name, places, idleMs: IDLE_MS, ...more };
    const source = new BossSource(this.boss, this.kinds, kind);
    const pump = new JobPump(setting, source, async (data, signal) => handler(data as Data, signal), this.observer);
    this.pumps.set(kind.name, pump);
    if (this.started) this.run(kind.name, pump);
  }

  override async workOff(): Promise<WorkedOff> {
    const total = { done: 0, failed: 0 };
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const waiting = await this.withWork();
      if (waiting.length === 0) return total;
      for (const pump of waiting) {
        const { done, failed } = await pump.workOff();
        total.done += done;
        total.failed += failed;
      }
    }
    throw new RangeError('The queues do not become empty.');
  }

  private async withWork(): Promise<JobPump[]> {
    const ready = new Set(await readyQueues(this.boss, [...this.pumps.keys()]));
    return [...this.pumps].flatMap(([name, pump]) => (ready.has(name) || pump.isBusy ? [pump] : []));
  }

  start(): void {
    this.started = true;
    for (const [name, pump] of this.pumps) this.run(name, pump);
    this.lookout.start();
  }

  async stop(graceMs: number): Promise<void> {
    await this.lookout.stop();
    await Promise.all([...this.pumps.values()].map(async (pump) => pump.stop(graceMs)));
  }

  private run(name: string, pump: JobPump): void {
    this.bell.listen(name, () => {
      pump.wake();
    });
    pump.start();
  }
}
