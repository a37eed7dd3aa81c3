import { Injectable } from '@nestjs/common';

import type { Connection } from '../../connections/domain/connection.js';
import { READING_GAP_MS } from '../../connections/domain/watch-schedule.js';
import { ObserveConnection } from '../../connections/observe-connection.js';
import type { Origin } from '../../connections/origin.js';
import { ReadingTimesRepository } from '../../connections/persistence/reading-times.repository.js';
import { Clock } from '../../platform/time/clock.js';
import { Pause } from './pause.js';

const WEBHOOK: Origin = { trigger: 'webhook', actor: 'webhook', requestId: null };

/** Longer than a reading may take. One that began earlier and left no trace was cut short, e.g. by a crash. */
const MAY_RUN_MS = 30_000;

/** The provider could not be read after the hint came: the job is tried again in a moment. */
export class TruthNotRead extends Error {
  override readonly name = 'TruthNotRead';

  constructor() {
    super('The provider does not answer, or others read it all the time.');
  }
}

/** Sees to it that a reading begins after a hint came. A reading that began before may not know of it yet. */
@Injectable()
export class ReadAfterHint {
  constructor(
    private readonly observe: ObserveConnection,
    private readonly times: ReadingTimesRepository,
    private readonly pause: Pause,
    private readonly clock: Clock,
  ) {}

  /**
   * Waits when the connection was read within the last second: nobody reads one more often.
   * @returns the connection as it is afterwards; as given when another reader has begun since.
   * @throws TruthNotRead
   */
  async run(connection: Connection, hintCameAt: Date, signal: AbortSignal): Promise<Connection> {
    if (!connection.credentialId || connection.state === 'deleting') return connection;
    const began = await this.times.lastBegan(connection.id);
    const age = began ? this.clock.now().getTime() - began.getTime() : Infinity;
    if (began && began > hintCameAt && age < MAY_RUN_MS) return connection;
    const early = READING_GAP_MS - age;
    if (early > 0) await this.pause.for(Math.min(early, READING_GAP_MS), signal);
    return this.read(connection, hintCameAt);
  }

  /** Should it fail, the next attempt must not take it for a reading that somebody else began. */
  private async read(connection: Connection, hintCameAt: Date): Promise<Connection> {
    let isRead = false;
    try {
      const { outcome, connection: after } = await this.observe.look(connection, WEBHOOK);
      isRead = outcome !== 'unreadable';
      if (outcome === 'unreadable' || outcome === 'overlapped') throw new TruthNotRead();
      return after;
    } finally {
      if (!isRead) await this.times.forgetSince(connection.id, hintCameAt);
    }
  }
}
