import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { SCOPES } from '../../src/access/scope.js';
import { freshDatabase } from '../bench/servers.js';
import { Mooring } from './mooring.js';
import { Rows } from './rows.js';
import { ownPostgres, ownRedis, type Server } from './servers.js';
import { PROVIDERS, type ProviderName } from './simulated/desk.js';
import { RemoteSimulator } from './simulated/remote-simulator.js';

const KEYS = `chaos:${Buffer.alloc(32, 5).toString('base64')}`;
export const PUBLIC_URL = 'https://mooring.example';

export interface StageOptions {
  /** Of every simulator: milliseconds of each step of a credential. */
  readonly stepMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** A PostgreSQL that may be stopped; default: a database of its own on the server of `DATABASE_URL`. */
  readonly ownServer?: boolean;
}

/** Databases, three simulators and as many processes of Mooring as are wanted. Whatever was begun ends. */
export class Stage {
  readonly simulators = new Map<ProviderName, RemoteSimulator>();
  readonly processes: Mooring[] = [];
  postgres: Server | null = null;
  key = '';
  private readonly closers: (() => Promise<unknown>)[] = [];
  private readonly bootstrapKey = `mk_bootstrap${randomBytes(4).toString('hex')}_${randomBytes(24).toString('hex')}`;
  private databaseUrl = '';
  private redisUrl = '';
  private openRows: Rows | null = null;

  private constructor(private readonly options: StageOptions) {}

  static async open(options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(options);
    ALL.add(stage);
    try {
      await stage.begin();
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  get rows(): Rows {
    if (!this.openRows) throw new TypeError('The stage is not open.');
    return this.openRows;
  }

  simulator(provider: ProviderName): RemoteSimulator {
    const simulator = this.simulators.get(provider);
    if (!simulator) throw new TypeError(`No simulator of ${provider}.`);
    return simulator;
  }

  /** Starts one process after the other: together they would only fight for the processor. */
  async start(...roles: ('all' | 'api' | 'worker')[]): Promise<Mooring[]> {
    const started: Mooring[] = [];
    for (const role of roles) {
      const mooring = await Mooring.on({ ...(await this.environment()), MOORING_ROLE: role });
      this.closers.push(async () => mooring.kill());
      this.processes.push(mooring);
      started.push(mooring);
      await mooring.start();
    }
    const [first] = this.processes;
    if (this.key === '' && first) this.key = await this.newKey(first);
    return started;
  }

  /** Connections at a provider, settled there and in our tables. @returns the provider's ids by ours. */
  async connect(provider: ProviderName, count: number, dueAt: Date): Promise<Map<string, string>> {
    const orders = Array.from({ length: count }, () => ({ userId: randomUUID(), key: `chaos.${randomUUID()}` }));
    const seeded = await this.simulator(provider).call('seed', orders);
    const settledBy = Date.now() + 60_000;
    while ((await this.simulator(provider).call('truth')).some(({ state }) => state === 'moving')) {
      if (Date.now() > settledBy) throw new Error(`The credentials of ${provider} do not settle.`);
      await pause(200);
    }
    return this.rows.connect(provider, seeded, dueAt);
  }

  /** Waits until a statement counts nothing. @returns milliseconds, or `null` when it never did. */
  async none(sql: string, patienceMs: number, parameters: unknown[] = []): Promise<number | null> {
    const began = performance.now();
    while (performance.now() - began < patienceMs) {
      if ((await this.rows.number(sql, parameters)) === 0) return performance.now() - began;
      await pause(500);
    }
    return null;
  }

  async close(): Promise<void> {
    ALL.delete(this);
    for (const close of this.closers.splice(0).reverse()) {
      await close().catch((error: unknown) => {
        console.error(error);
      });
    }
  }

  private async begin(): Promise<void> {
    if (this.options.ownServer) {
      const postgres = await ownPostgres({ durable: true });
      this.closers.push(async () => postgres.stop());
      [this.postgres, this.databaseUrl] = [postgres, postgres.url];
    } else {
      const fresh = await freshDatabase();
      this.closers.push(async () => fresh.drop());
      this.databaseUrl = fresh.url;
    }
    const redis = await ownRedis();
    this.closers.push(async () => redis.stop());
    this.redisUrl = redis.url;
    this.openRows = await Rows.open(this.databaseUrl, KEYS);
    const { openRows } = this;
    this.closers.push(async () => openRows.close());
    for (const provider of PROVIDERS) {
      const simulator = await RemoteSimulator.start(provider, this.options.stepMs ?? 300);
      this.closers.push(async () => simulator.stop());
      this.simulators.set(provider, simulator);
    }
  }

  private async environment(): Promise<Record<string, string>> {
    const env: Record<string, string> = {};
    for (const simulator of this.simulators.values()) Object.assign(env, await simulator.call('env'));
    return {
      ...{ MOORING_LOG_LEVEL: 'info', MOORING_MODE: 'live', MOORING_PUBLIC_URL: PUBLIC_URL },
      ...{ MOORING_ENCRYPTION_KEYS: KEYS, MOORING_BOOTSTRAP_KEY: this.bootstrapKey },
      ...{ DATABASE_URL: this.databaseUrl, REDIS_URL: this.redisUrl },
      ...env,
      ...this.options.env,
    };
  }

  private async newKey({ url }: Mooring): Promise<string> {
    const answer = await fetch(`${url}/admin/clients`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.bootstrapKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'chaos', scopes: [...SCOPES] }),
    });
    if (!answer.ok) throw new Error(`No key: ${await answer.text()}`);
    return ((await answer.json()) as { key: string }).key;
  }
}

const ALL = new Set<Stage>();

/** Ends whatever is open, e.g. when the time is over. */
export async function closeStages(): Promise<void> {
  await Promise.all([...ALL].map(async (stage) => stage.close()));
}
