import { Registry } from 'prom-client';

import { SyncConfig } from '../../src/config/slices.js';
import type { Connection } from '../../src/connections/domain/connection.js';
import { SyncPlanRepository } from '../../src/connections/persistence/sync-plan.repository.js';
import { ProviderTraitsReader } from '../../src/connections/provider-traits.js';
import { WatchConnection } from '../../src/connections/watch-connection.js';
import { providerId } from '../../src/credentials/provider-id.js';
import type { OutgoingHttp } from '../../src/platform/http/outgoing-http.js';
import type { ProviderPace } from '../../src/platform/pacing/provider-pace.js';
import { ProviderOpenings } from '../../src/sync/provider-openings.js';
import { PlanSyncs } from '../../src/sync/plan-syncs.js';
import { PlanWatches } from '../../src/sync/plan-watches.js';
import { SyncConnection } from '../../src/sync/sync-connection.js';
import { SyncMetrics } from '../../src/sync/sync-metrics.js';
import { SyncSurroundings } from '../../src/sync/sync-surroundings.js';
import { SyncWorkers } from '../../src/sync/sync-workers.js';
import { UnattendedRefresh } from '../../src/sync/unattended-refresh.js';
import { JobQueueFake, JobWorkersFake } from '../fakes/job-queue.fake.js';
import { RacesWorld } from './races-world.js';

type Admits = ReturnType<OutgoingHttp['admits']>;

/** The planner and the workers of one process, with the use cases of `RacesWorld` behind them. */
export class SyncWorld {
  readonly queue = new JobQueueFake();
  readonly workers = new JobWorkersFake(this.queue);
  readonly plan: SyncPlanRepository;
  readonly planner: PlanSyncs;
  readonly watches: PlanWatches;
  readonly sync: SyncConnection;
  admits: Admits = 'all';
  readonly paused = new Set<string>();

  private constructor(readonly races: RacesWorld) {
    const { store, observe, refreshing } = races;
    const metrics = new SyncMetrics(new Registry());
    const config = new SyncConfig(86_400_000, 21_600_000, 32);
    const traits = new ProviderTraitsReader(store.registry, config);
    this.plan = new SyncPlanRepository(store.source);
    const http = { admits: () => this.admits } as unknown as OutgoingHttp;
    const pace = { isPaused: async (provider: string) => Promise.resolve(this.paused.has(provider)) } as ProviderPace;
    const openings = new ProviderOpenings(http, pace);
    this.planner = new PlanSyncs(this.plan, this.queue, store.registry, openings, metrics, store.clock);
    const refreshes = new UnattendedRefresh(refreshing, store.clock);
    const surroundings = new SyncSurroundings(traits, metrics, store.clock);
    this.sync = new SyncConnection(store.connections, this.plan, refreshes, observe, surroundings);
    const watch = new WatchConnection(store.connections, observe, races.deletion);
    this.watches = new PlanWatches(store.work, this.queue, store.registry, store.clock);
    new SyncWorkers(this.workers, store.registry, this.sync, watch, config, openings).onModuleInit();
  }

  /** `tink` is refreshed on demand, `other` refreshes by itself. */
  static async open(): Promise<SyncWorld> {
    return new SyncWorld(await RacesWorld.open({ refresh: 'by_provider' }));
  }

  /** A connection of `tink` that is due since a minute, with data of yesterday. */
  async due(changes: Partial<Connection> = {}): Promise<Connection> {
    const { store } = this.races;
    const now = store.clock.now().getTime();
    const [nextSyncAt, dataAsOf] = [new Date(now - 60_000), new Date(now - 86_400_000)];
    return store.add({ provider: providerId('tink'), nextSyncAt, dataAsOf, ...changes });
  }

  async planOf(id: string): Promise<Date | null> {
    return (await this.races.store.connections.find(id))?.nextSyncAt ?? null;
  }

  async close(): Promise<void> {
    await this.races.store.close();
  }
}
