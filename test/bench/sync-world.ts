import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { DataSource } from 'typeorm';

import { MIGRATIONS } from '../../migrations/all.js';
import { ConnectionEntity } from '../../src/connections/persistence/connection.entity.js';
import { ConnectionMapper } from '../../src/connections/persistence/connection.mapper.js';
import { KeyRing } from '../../src/platform/crypto/key-ring.js';
import { lookupKey } from '../../src/platform/crypto/lookup-key.js';
import { LookupHash } from '../../src/platform/crypto/lookup-hash.js';
import { Sealer } from '../../src/platform/crypto/sealer.js';
import { dataSourceOptions } from '../../src/platform/database/data-source-options.js';
import { UserEntity } from '../../src/users/persistence/user.entity.js';
import { ProviderUserEntity } from '../../src/users/persistence/provider-user.entity.js';
import { ENCRYPTION_KEYS, freshDatabase, startMooring, startSyncSimulator, type Running } from './servers.js';
import { rowsOf } from './sync-rows.js';
import { PROVIDERS, stateOf, type BenchPerson, type BenchProvider } from './sync-states.js';

const SECRET = randomBytes(24).toString('hex');
const CLIENT = 'bench';
const CUSTOMER = '5a4db0c5-0000-4000-8000-0000000000bb';
const CHUNK = 500;
const PATIENCE_MS = 240_000;

const NO_ACCOUNTS = { accounts: [], nextPageToken: '' };

/** A database, three simulators that know `people` persons each, and what starts a worker on them. */
export class SyncWorld {
  private readonly closers: (() => Promise<unknown>)[] = [];
  readonly people: readonly BenchPerson[];
  readonly simulators = new Map<BenchProvider, Running>();
  databaseUrl = '';
  private source: DataSource | null = null;
  private mapper: ConnectionMapper | null = null;

  private constructor(people: number) {
    this.people = Array.from({ length: people }, (_, number) => ({ number, userId: randomUUID() }));
  }

  static async open(people: number): Promise<SyncWorld> {
    const world = new SyncWorld(people);
    try {
      await world.begin();
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  /** Whatever was begun ends, the last first. */
  async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close().catch(console.error);
  }

  async query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const rows: unknown = await this.database.query(sql, parameters);
    return rows as Row[];
  }

  async worker(env: Record<string, string> = {}): Promise<Running> {
    const settings = { DATABASE_URL: this.databaseUrl, MOORING_ROLE: 'worker', ...this.providerEnv(), ...env };
    const running = await startMooring(settings);
    this.closers.push(() => running.stop());
    return running;
  }

  /**
   * @param latencyMs of every call to every provider.
   * @param accounts false = customers of Tink have none, so that its data is read with one call and nothing is stored.
   */
  async behave({ latencyMs, accounts }: { latencyMs: number; accounts: boolean }): Promise<void> {
    for (const [provider, { url }] of this.simulators) {
      await fetch(`${url}/__sim/faults`, { method: 'DELETE' });
      if (!accounts && provider === 'tink') {
        await addFault(url, {
          path: '^/data/v2/accounts',
          action: { kind: 'respond', status: 200, body: NO_ACCOUNTS },
        });
      }
      if (latencyMs > 0) await addFault(url, { path: '.', action: { kind: 'delay', ms: latencyMs } });
    }
  }

  /** Connections of these persons at every provider, as their first reading found them, planned for much later. */
  async connect(people: readonly BenchPerson[]): Promise<void> {
    const { mapper, database } = this;
    if (!mapper) throw new TypeError('The world has not begun.');
    for (let from = 0; from < people.length; from += CHUNK) {
      const some = people.slice(from, from + CHUNK);
      const { users, providerUsers, connections } = rowsOf(some, new Date());
      await database.manager.insert(UserEntity, users);
      await database.manager.insert(ProviderUserEntity, providerUsers);
      for (const provider of PROVIDERS) {
        const rows = connections.filter((each) => each.provider === provider).map((each) => mapper.toRow(each));
        await database.manager.insert(ConnectionEntity, rows);
      }
    }
  }

  /** All know of their connections what those know who were read. The credentials of one provider are alike. */
  async copyFacts(): Promise<void> {
    await this.query(
      `UPDATE connections c SET provider_status = t.provider_status, provider_status_at = t.provider_status_at,
         data_as_of = t.data_as_of, degraded_groups = t.degraded_groups
        FROM (SELECT DISTINCT ON (provider) * FROM connections WHERE last_success_at IS NOT NULL) AS t
        WHERE c.provider = t.provider AND c.last_success_at IS NULL`,
    );
    await this.query('VACUUM ANALYZE');
  }

  /** Waits until a query finds nothing more. */
  async none(sql: string, parameters: unknown[] = []): Promise<void> {
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
      if ((await this.query(sql, parameters)).length === 0) return;
      await pause(100);
    }
    throw new Error(`It never ends: ${sql}`);
  }

  private get database(): DataSource {
    if (!this.source) throw new TypeError('The world has not begun.');
    return this.source;
  }

  private async begin(): Promise<void> {
    const fresh = await freshDatabase();
    this.closers.push(() => fresh.drop());
    this.databaseUrl = fresh.url;
    const source = new DataSource({
      ...dataSourceOptions(fresh.url, MIGRATIONS),
      entities: [ConnectionEntity, UserEntity, ProviderUserEntity],
      logging: false,
    });
    this.source = await source.initialize();
    this.closers.push(() => source.destroy());
    await source.runMigrations({ transaction: 'each' });
    const [id = '', key = ''] = ENCRYPTION_KEYS.split(':');
    const sealer = new Sealer(new KeyRing([{ id, key: Buffer.from(key, 'base64') }]));
    this.mapper = new ConnectionMapper(sealer, new LookupHash(await lookupKey(source, sealer)));
    await this.simulate();
  }

  private async simulate(): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'mooring-bench-sync-'));
    this.closers.push(() => rm(directory, { recursive: true, force: true }));
    for (const provider of PROVIDERS) {
      const file = join(directory, `${provider}.json`);
      await writeFile(file, JSON.stringify(stateOf(provider, this.people, Date.now())));
      const env = { PROVIDER: provider, STATE_FILE: file, CLIENT_ID: CLIENT, SECRET, CUSTOMER };
      const running = await startSyncSimulator(env);
      this.closers.push(() => running.stop());
      this.simulators.set(provider, running);
    }
  }

  private providerEnv(): Record<string, string> {
    const url = (provider: BenchProvider): string => this.simulators.get(provider)?.url ?? '';
    return {
      ...{ TINK_API_URL: url('tink'), TINK_LINK_URL: url('tink') },
      ...{ TINK_CLIENT_ID: CLIENT, TINK_CLIENT_SECRET: SECRET },
      ...{ FLANKS_API_URL: url('flanks'), FLANKS_PLATFORM_URL: url('flanks') },
      ...{ FLANKS_CLIENT_ID: CLIENT, FLANKS_CLIENT_SECRET: SECRET },
      ...{ FLINKS_API_URL: url('flinks'), FLINKS_CONNECT_URL: url('flinks'), FLINKS_CUSTOMER_ID: CUSTOMER },
      ...{ FLINKS_SECRET_KEY: SECRET, FLINKS_API_KEY: SECRET },
    };
  }
}

async function addFault(url: string, rule: { path: string; action: object }): Promise<void> {
  const body = JSON.stringify({ ...rule, times: null });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/__sim/faults`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`The simulator answers ${String(answer.status)}: ${await answer.text()}`);
}
