import type { HttpService } from '@nestjs/axios';
import { jest } from '@jest/globals';

import { SyncConfig } from '../config/slices.js';
import type { WatchConnection } from '../connections/watch-connection.js';
import { providerId } from '../credentials/provider-id.js';
import { SilentObserver } from '../platform/http/outgoing-call-observer.js';
import { OutgoingHttp } from '../platform/http/outgoing-http.js';
import { OutgoingHttpOptions } from '../platform/http/outgoing-http.options.js';
import type { ProviderPace } from '../platform/pacing/provider-pace.js';
import { JobPump } from '../platform/queue/job-pump.js';
import type { JobKind } from '../platform/queue/job-queue.js';
import type { ClaimedJob, JobSource } from '../platform/queue/job-source.js';
import { JobWorkers, type JobHandler, type WorkOptions } from '../platform/queue/job-workers.js';
import { MovableClock } from '../platform/time/clock.js';
import type { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { ProviderOpenings } from './provider-openings.js';
import type { SyncConnection } from './sync-connection.js';
import { SyncWorkers } from './sync-workers.js';

const TINK = providerId('tink');
const PLACES = 4;
const JOBS = 300;
const CALL_MS = 100;
const EVERY_WATCH = { connectionId: 'c' };

type Wire = 'works' | 'is broken';

/** The queues of one installation. */
class Queues {
  readonly waiting = new Map<string, ClaimedJob[]>();
  fetches = 0;

  fill(name: string, count: number): void {
    const jobs = Array.from({ length: count }, (_each, n) => ({ id: `${name} ${String(n)}`, data: EVERY_WATCH }));
    this.waiting.set(
      name,
      jobs.map((job) => ({ ...job, retryCount: 0, expireInSeconds: 60 })),
    );
  }

  left(name: string): number {
    return this.waiting.get(name)?.length ?? 0;
  }

  source(name: string): JobSource {
    return {
      fetch: async (most) => {
        this.fetches += 1;
        return Promise.resolve(this.waiting.get(name)?.splice(0, most) ?? []);
      },
      complete: async () => Promise.resolve(),
      fail: async () => Promise.resolve(),
    };
  }
}

class Pumps extends JobWorkers {
  readonly all: JobPump[] = [];

  constructor(private readonly queues: Queues) {
    super();
  }

  override handle<Data extends object>({ name }: JobKind<Data>, handler: JobHandler<Data>, options: WorkOptions): void {
    const { concurrency: places, ...more } = options;
    const run = async (data: object, signal: AbortSignal) => handler(data as Data, signal);
    const observer = { ended: () => undefined, failed: () => undefined, worked: () => undefined };
    this.all.push(new JobPump({ name, places, idleMs: 500, ...more }, this.queues.source(name), run, observer));
  }

  override workOff(): Promise<never> {
    return Promise.reject(new TypeError('Not here.'));
  }
}

/** One process: its own wire and circuit, the installation's queues. */
class ProcessUnderTest {
  readonly outcomes: string[] = [];
  readonly http: OutgoingHttp;
  readonly pumps: Pumps;
  wire: Wire;

  constructor(queues: Queues, wire: Wire) {
    this.wire = wire;
    const axiosRef = { request: async () => this.answer() };
    const retry = { extraAttempts: 0, initialDelayMs: 0, maxDelayMs: 0, random: () => 0 };
    const options = new OutgoingHttpOptions({ retry });
    const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00Z'));
    this.http = new OutgoingHttp({ axiosRef } as unknown as HttpService, options, new SilentObserver(), clock);
    this.pumps = new Pumps(queues);
    const registry = { all: () => [{ id: TINK }] } as unknown as ProviderRegistry;
    const work: unknown = { run: async () => this.call() };
    const openings = new ProviderOpenings(this.http, {} as ProviderPace);
    const config = new SyncConfig(1, 1, PLACES);
    new SyncWorkers(
      this.pumps,
      registry,
      work as SyncConnection,
      work as WatchConnection,
      config,
      openings,
    ).onModuleInit();
    for (const pump of this.pumps.all) pump.start();
  }

  count(outcome: string): number {
    return this.outcomes.filter((each) => each === outcome).length;
  }

  async stop(): Promise<void> {
    await Promise.all(this.pumps.all.map(async (pump) => pump.stop(0)));
    this.http.onApplicationShutdown();
  }

  private async call(): Promise<string> {
    const request = { operation: '/', method: 'GET', url: 'http://bank.test/', retry: 'never' } as const;
    const outcome = await this.http.channel(TINK).call({ ...request, signal: new AbortController().signal });
    const word = outcome.kind === 'answer' ? 'synced' : outcome.fault;
    this.outcomes.push(word);
    return word;
  }

  private async answer(): Promise<unknown> {
    if (this.wire === 'is broken') throw Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
    await new Promise((resolve) => setTimeout(resolve, CALL_MS));
    return { status: 200, headers: {}, data: new Uint8Array() };
  }
}

const pass = async (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

describe.each(['sync.tink', 'watch.tink'])('the workers of %s', (queue) => {
  let queues: Queues;
  let processes: ProcessUnderTest[];

  beforeEach(() => {
    jest.useFakeTimers();
    queues = new Queues();
    processes = [];
  });

  afterEach(async () => {
    const stopped = Promise.all(processes.map(async (each) => each.stop()));
    await pass(10_000);
    await stopped;
    jest.useRealTimers();
  });

  const start = (wire: Wire): ProcessUnderTest => {
    const started = new ProcessUnderTest(queues, wire);
    processes.push(started);
    return started;
  };

  it('leave the work to other processes while nothing leaves their own', async () => {
    queues.fill(queue, JOBS);
    const [broken, working] = [start('is broken'), start('works')];
    await pass(20_000);
    expect(queues.left(queue)).toBe(0);
    expect(broken.outcomes.length).toBeLessThan(40);
    expect(working.count('synced')).toBe(JOBS - broken.outcomes.length);
  });

  it('try whether a provider that is down for all is back, leave the rest, and look seldom', async () => {
    queues.fill(queue, JOBS);
    const only = start('is broken');
    await pass(1_000);
    expect(only.http.circuits()).toEqual([{ provider: TINK, state: 'open' }]);
    const [opened, fetches] = [only.outcomes.length, queues.fetches];
    await pass(60_000);
    // The circuit lets a trial through after 5, 15 and 35 seconds.
    expect(only.outcomes.slice(opened)).toEqual(['unreachable', 'unreachable', 'unreachable']);
    // The other queue is empty, and looked into twice a second.
    expect(queues.fetches - fetches).toBeLessThan(130);
    only.wire = 'works';
    await pass(60_000);
    expect(queues.left(queue)).toBe(0);
    expect(only.http.circuits()).toEqual([{ provider: TINK, state: 'closed' }]);
  });
});
