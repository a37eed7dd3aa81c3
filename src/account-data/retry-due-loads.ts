import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { JobQueue } from '../platform/queue/job-queue.js';
import { Clock } from '../platform/time/clock.js';
import { dataJobOf } from './data-jobs.js';
import { DataReadingRepository, type DueReading } from './persistence/data-reading.repository.js';

const BATCH = 200;
const MAX_BATCHES = 50;
/** Should the job be lost, it is sent again after this. */
const HOLD_MS = 15 * 60_000;

/** Sends the jobs of readings whose time has come: providers that were collecting, failures, processes that died. */
@Injectable()
export class RetryDueLoads {
  constructor(
    private readonly database: DataSource,
    private readonly readings: DataReadingRepository,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** @returns how many were due. */
  async run(): Promise<number> {
    let sent = 0;
    for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
      const count = await this.sendBatch();
      sent += count;
      if (count < BATCH) break;
    }
    return sent;
  }

  private async sendBatch(): Promise<number> {
    const now = this.clock.now();
    return this.database.transaction(async (manager) => {
      const due = await this.readings.claimDue(manager, now, new Date(now.getTime() + HOLD_MS), BATCH);
      for (const [provider, readings] of Map.groupBy(due, (each: DueReading) => each.provider)) {
        const jobs = readings.map(({ connectionId }) => ({ data: { connectionId }, key: connectionId }));
        await this.queue.sendMany(dataJobOf(provider), jobs, manager);
      }
      return due.length;
    });
  }
}
