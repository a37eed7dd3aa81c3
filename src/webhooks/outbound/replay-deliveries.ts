import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { actorOf, type Caller } from '../../access/caller.js';
import { AuditLog } from '../../audit/audit-log.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { Clock } from '../../platform/time/clock.js';
import { DELIVER, deliverJob } from './domain/deliver-job.js';
import type { Delivery } from './domain/delivery.js';
import { ownerOf } from './domain/owner.js';
import type { Replayed } from './persistence/replay.repository.js';
import { ReplayStore } from './persistence/replay-store.js';

/** Events of one replay; the answer says where to go on. */
const AT_ONCE = 10_000;

export interface ReplayRange {
  readonly from: Date;
  /** Not included; `undefined` = now. */
  readonly to: Date | undefined;
}

/** Sends kept events again, with the same ids. Switched-off endpoints get them when they are on again. */
@Injectable()
export class ReplayDeliveries {
  constructor(
    private readonly store: ReplayStore,
    private readonly database: DataSource,
    private readonly jobs: JobQueue,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @throws Failure `webhook_delivery.not_found` */
  async one(id: string, caller: Caller): Promise<Delivery> {
    const { endpointId } = await this.store.deliveries.get(id, ownerOf(caller));
    await this.database.transaction(async (manager) => {
      await this.store.replays.again(manager, id, this.clock.now());
      await this.audit.record(
        { actor: actorOf(caller), action: 'webhook_delivery.replayed', subject: `webhook_delivery:${id}` },
        manager,
      );
      await this.jobs.send(DELIVER, deliverJob(endpointId, id), manager);
    });
    return this.store.deliveries.get(id, ownerOf(caller));
  }

  /** What the endpoint wants, of a time. @throws Failure `webhook_endpoint.not_found` */
  async range(endpointId: string, { from, to: until }: ReplayRange, caller: Caller): Promise<Replayed> {
    await this.store.endpoints.get(endpointId, ownerOf(caller));
    return this.database.transaction(async (manager) => {
      const now = this.clock.now();
      const to = until ?? now;
      const replayed = await this.store.replays.range(manager, endpointId, { from, to, now, limit: AT_ONCE });
      const detail = { from: from.toISOString(), to: to.toISOString(), replayed: replayed.replayed };
      const subject = `webhook_endpoint:${endpointId}`;
      await this.audit.record(
        { actor: actorOf(caller), action: 'webhook_endpoint.replayed', subject, detail },
        manager,
      );
      await this.jobs.send(DELIVER, deliverJob(endpointId, 'replay'), manager);
      return replayed;
    });
  }
}
