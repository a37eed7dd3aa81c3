import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { ConnectionView } from '../connections/connection-view.js';
import { FRESHNESS_MS, RENEWAL_WINDOW_MS } from '../connections/domain/clocks.js';
import type { Connection } from '../connections/domain/connection.js';
import { toldAction } from '../connections/domain/told-action.js';
import { ConnectionRepository } from '../connections/persistence/connection.repository.js';
import { Clock } from '../platform/time/clock.js';
import { Outbox, type OutgoingEventType } from '../webhooks/outbound/outbox.js';
import type { ClockNews } from './clock-news.js';
import { UntoldRepository } from './persistence/untold.repository.js';

/** Told in one transaction, which keeps their rows locked. */
const BATCH = 50;
/** Of each kind in one run; the next run goes on. */
const MOST_BATCHES = 100;

/** How many connections were told of, by kind. */
export type Announced = Readonly<Record<ClockNews, number>>;

const EVENTS: Readonly<Record<ClockNews, OutgoingEventType>> = {
  data_stale: 'connection.data_stale',
  consent_expiring: 'connection.consent_expiring',
  consent_ended: 'connection.consent_expiring',
};

/**
 * Tells clients what the clocks of connections say by themselves: data that is older than the policy allows, a consent
 * that ends soon, one that has ended while the provider has not said so. Once for each date of a clock: a new date can
 * be told again. Any number of processes may run it.
 */
@Injectable()
export class AnnounceClocks {
  private readonly log = new Logger(AnnounceClocks.name);

  constructor(
    private readonly database: DataSource,
    private readonly untold: UntoldRepository,
    private readonly connections: ConnectionRepository,
    private readonly view: ConnectionView,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Ends early when the signal says so; what was told by then stays told. */
  async run(signal: AbortSignal): Promise<Announced> {
    const now = this.clock.now().getTime();
    // The policy allows exactly 36 hours; a consent has ended at its very end. As in clocks.ts.
    const stale = await this.tellAll('data_stale', new Date(now - FRESHNESS_MS - 1), signal);
    const ended = await this.tellAll('consent_ended', new Date(now), signal);
    const expiring = await this.tellAll('consent_expiring', new Date(now + RENEWAL_WINDOW_MS), signal);
    const announced = { data_stale: stale, consent_expiring: expiring, consent_ended: ended };
    if (stale + ended + expiring > 0) this.log.log(announced, 'clocks announced');
    return announced;
  }

  private async tellAll(news: ClockNews, until: Date, signal: AbortSignal): Promise<number> {
    let told = 0;
    for (let batch = 0; batch < MOST_BATCHES && !signal.aborted; batch += 1) {
      const count = await this.database.transaction(async (manager) => this.tell(manager, news, until));
      told += count;
      if (count < BATCH) break;
    }
    return told;
  }

  private async tell(manager: EntityManager, news: ClockNews, until: Date): Promise<number> {
    const ids = await this.untold.claim(manager, news, until, BATCH);
    if (ids.length === 0) return 0;
    for (const id of ids) {
      const connection = await this.connections.lock(manager, id);
      if (connection) await this.add(manager, EVENTS[news], connection);
    }
    await this.untold.markTold(manager, news, ids);
    return ids.length;
  }

  private async add(manager: EntityManager, type: OutgoingEventType, connection: Connection): Promise<void> {
    const { nextAction, ...body } = this.view.of(connection);
    const { id: connectionId, userId } = connection;
    // As in every event: what the bank asks stays at home.
    const data = { connection: { ...body, nextAction: toldAction(nextAction) } };
    await this.outbox.add(manager, { type, userId, connectionId, data });
  }
}
