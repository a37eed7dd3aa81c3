import { Injectable, Logger } from '@nestjs/common';

import type { ProviderId } from '../credentials/provider-id.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { DeleteConnection } from './delete-connection.js';
import { ObserveConnection } from './observe-connection.js';
import type { Origin } from './origin.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { ConnectionWorkRepository } from './persistence/connection-work.repository.js';

/** Looks at one provider at the same time. */
const PARALLEL = 20;
/** Hides a claimed connection from other processes; longer than a call can take. */
const HOLD_MS = 40_000;

const WATCHER: Origin = { trigger: 'system', actor: 'watcher', requestId: null };

/**
 * Follows what moves by itself: dialogues and loads to their end, retries at their time, deletions until done. Each
 * provider has a lane of its own, so that a slow one holds up nobody else.
 */
@Injectable()
export class WatchConnections {
  private readonly log = new Logger(WatchConnections.name);
  private stopped = false;

  constructor(
    private readonly work: ConnectionWorkRepository,
    private readonly connections: ConnectionRepository,
    private readonly observe: ObserveConnection,
    private readonly deletion: DeleteConnection,
    private readonly registry: ProviderRegistry,
    private readonly clock: Clock,
  ) {}

  get lanes(): readonly ProviderId[] {
    return this.registry.all().map(({ id }) => id);
  }

  /** All lanes until nothing is due. @returns how many connections were due. */
  async run(): Promise<number> {
    const looked = await Promise.all(this.lanes.map(async (provider) => this.lane(provider)));
    return looked.reduce((sum, count) => sum + count, 0);
  }

  /** Takes a connection when there is a place for it, so that none is held longer than its own call takes. */
  async lane(provider: ProviderId): Promise<number> {
    let looked = 0;
    const first = await this.due(provider, PARALLEL);
    const isMore = first.length === PARALLEL;
    const place = async (id: string): Promise<void> => {
      for (let next: string | undefined = id; next !== undefined; [next] = isMore ? await this.due(provider, 1) : []) {
        looked += 1;
        await this.look(next);
      }
    };
    const ended = await Promise.allSettled(first.map(place));
    const trouble = ended.find((end) => end.status === 'rejected');
    if (trouble) throw trouble.reason;
    return looked;
  }

  /** What is being looked at is finished, nothing more is taken. */
  stop(): void {
    this.stopped = true;
  }

  private async due(provider: ProviderId, limit: number): Promise<string[]> {
    return this.stopped ? [] : this.work.claimDueForWatch(provider, this.clock.now(), limit, HOLD_MS);
  }

  /** One connection's trouble never stops the others. */
  private async look(id: string): Promise<void> {
    try {
      const connection = await this.connections.find(id);
      if (!connection) return;
      if (connection.state === 'deleting') await this.deletion.finish(connection, WATCHER);
      else await this.observe.run(connection, WATCHER);
    } catch (error) {
      this.log.error({ connectionId: id, err: error }, 'watching failed');
    }
  }
}
