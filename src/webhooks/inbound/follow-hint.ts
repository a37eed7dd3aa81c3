import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { DataHints } from '../../connections/data-hints.js';
import type { Connection } from '../../connections/domain/connection.js';
import { Clock } from '../../platform/time/clock.js';
import { InboundMetrics } from './inbound-metrics.js';
import type { TakenWebhooks } from './inbox-webhook.js';
import { InboxRepository } from './persistence/inbox.repository.js';
import { ReadAfterHint } from './read-after-hint.js';

/** Clocks differ, and a status may be written a moment before its webhook is made. */
const HINT_AHEAD_MS = 5_000;

/** Reads the truth about hinted connections and says what follows. */
@Injectable()
export class FollowHint {
  private readonly log = new Logger(FollowHint.name);

  constructor(
    private readonly database: DataSource,
    private readonly inbox: InboxRepository,
    private readonly reading: ReadAfterHint,
    private readonly dataHints: DataHints,
    private readonly metrics: InboundMetrics,
    private readonly clock: Clock,
  ) {}

  /** Can be repeated: a connection that was read since is not read again. @throws TruthNotRead */
  async run(
    provider: string,
    taken: TakenWebhooks,
    connections: readonly Connection[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const before of connections) {
      const after = await this.reading.run(before, taken.newestReceivedAt, signal);
      this.compare(provider, taken, before, after);
    }
    const now = this.clock.now();
    const knownAt = connections.length === 1 ? (connections[0]?.providerStatusAt ?? null) : null;
    await this.database.transaction(async (manager) => {
      await this.inbox.conclude(manager, taken, now, knownAt);
      if (!taken.dataChanged) return;
      // In one order everywhere: followers lock the connections.
      const ids = connections.flatMap(({ id, state }) => (state === 'deleting' ? [] : [id])).sort();
      for (const id of ids) await this.dataHints.tell(manager, id);
    });
    this.metrics.processed(provider, now.getTime() - taken.oldestReceivedAt.getTime());
    this.log.debug({ provider, webhookId: taken.lead.id, count: taken.ids.length }, 'webhooks processed');
  }

  /** Counts what webhooks would have brought wrong had they been believed, and what was missed before they came. */
  private compare(provider: string, taken: TakenWebhooks, before: Connection, after: Connection): void {
    if (before.state !== after.state || before.cause !== after.cause) this.metrics.drift(provider, 'record');
    const saidAt = taken.newestHintAt?.getTime();
    const readAt = after.providerStatusAt?.getTime();
    if (saidAt === undefined || readAt === undefined) return;
    if (saidAt < readAt || (!taken.dataChanged && saidAt > readAt + HINT_AHEAD_MS)) {
      this.metrics.drift(provider, 'hint');
    }
  }
}
