import { Logger } from '@nestjs/common';
import { Registry } from 'prom-client';
import type { DataSource, EntityManager } from 'typeorm';

import { ACCOUNT_DATA_ENTITIES } from '../../src/account-data/account-data.module.js';
import { DataJobs } from '../../src/account-data/data-jobs.js';
import { DataMetrics } from '../../src/account-data/data-metrics.js';
import { LoadAccountData } from '../../src/account-data/load-account-data.js';
import { MergeAccounts } from '../../src/account-data/merge-accounts.js';
import { MergeReading } from '../../src/account-data/merge-reading.js';
import { AccountDataListRepository } from '../../src/account-data/persistence/account-data-list.repository.js';
import { AccountDataWriter } from '../../src/account-data/persistence/account-data.writer.js';
import { AccountMatchRepository } from '../../src/account-data/persistence/account-match.repository.js';
import { DataReadingRepository } from '../../src/account-data/persistence/data-reading.repository.js';
import { KnownDataRepository } from '../../src/account-data/persistence/known-data.repository.js';
import { ReadingMapper } from '../../src/account-data/persistence/reading.mapper.js';
import { StatementRepository } from '../../src/account-data/persistence/statement.repository.js';
import { PlanReading } from '../../src/account-data/plan-reading.js';
import { PurgeAccountData } from '../../src/account-data/purge-account-data.js';
import { ReadAccountData } from '../../src/account-data/read-account-data.js';
import { ReadPages } from '../../src/account-data/read-pages.js';
import { ReadStatements } from '../../src/account-data/read-statements.js';
import { ReadingClaims } from '../../src/account-data/reading-claims.js';
import { ResolveAccountMatch } from '../../src/account-data/resolve-account-match.js';
import { RetryDueLoads } from '../../src/account-data/retry-due-loads.js';
import { AuditLog } from '../../src/audit/audit-log.js';
import { ConnectionChanges } from '../../src/connections/connection-changes.js';
import { KeyRing } from '../../src/platform/crypto/key-ring.js';
import { LookupHash } from '../../src/platform/crypto/lookup-hash.js';
import { Sealer } from '../../src/platform/crypto/sealer.js';
import { UuidIds } from '../../src/platform/ids/ids.js';
import { ProviderAccess } from '../../src/providers/registry/provider-access.js';
import { Outbox, type OutgoingEvent } from '../../src/webhooks/outbound/outbox.js';
import { AccountDataFake, AccountStatementsFake } from '../fakes/account-data.fake.js';
import { JobQueueFake, JobWorkersFake } from '../fakes/job-queue.fake.js';
import { ProviderFake } from '../fakes/provider.fake.js';
import { ConnectionStore } from './connection-store.js';

interface Client {
  query(...args: readonly unknown[]): unknown;
}

interface Pool {
  on(event: 'acquire', listener: (client: Client) => void): void;
  off(event: 'acquire', listener: (client: Client) => void): void;
}

export class OutboxFake extends Outbox {
  readonly events: OutgoingEvent[] = [];
  /** Thrown once, in the middle of the transaction. */
  trouble: Error | null = null;

  override async add(_manager: EntityManager, event: OutgoingEvent): Promise<void> {
    const { trouble } = this;
    this.trouble = null;
    if (trouble) throw trouble;
    this.events.push(event);
  }
}

class AuditFake extends AuditLog {
  readonly actions: string[] = [];

  override async record({ action }: { readonly action: string }): Promise<void> {
    this.actions.push(action);
  }
}

/** A provider with data and statements. */
export function dataProvider(data: AccountDataFake, statements?: AccountStatementsFake): ProviderFake {
  const kinds = ['accounts', 'transactions', 'holdings'] as const;
  const provider = new ProviderFake('fake', { data: statements ? [...kinds, 'statements'] : kinds });
  return Object.assign(provider, statements ? { data, statements } : { data });
}

/** The room on a database of its own, put together by hand, with a provider that does what was planned. */
export class AccountDataWorld {
  readonly outbox = new OutboxFake();
  readonly audit = new AuditFake();
  readonly queue = new JobQueueFake();
  readonly workers = new JobWorkersFake(this.queue);
  readonly load: LoadAccountData;
  readonly retries: RetryDueLoads;
  readonly purge = new PurgeAccountData();
  readonly read: ReadAccountData;
  readonly statements: ReadStatements;
  readonly resolve: ResolveAccountMatch;
  readonly matches: AccountMatchRepository;
  readonly jobs: DataJobs;
  readonly readings: DataReadingRepository;

  private constructor(
    readonly store: ConnectionStore,
    readonly source: DataSource,
    readonly data: AccountDataFake,
    readonly statementsFake: AccountStatementsFake,
  ) {
    const { clock, cache, connections, registry } = store;
    const sealer = new Sealer(new KeyRing([{ id: 'test', key: Buffer.alloc(32, 7) }]));
    const ids = new UuidIds();
    const mapper = new ReadingMapper(new LookupHash(Buffer.alloc(32, 7)));
    const known = new KnownDataRepository(source);
    const writer = new AccountDataWriter(sealer, mapper, ids);
    const access = new ProviderAccess(registry);
    this.readings = new DataReadingRepository(source, sealer);
    this.matches = new AccountMatchRepository(source, sealer);
    const planning = new PlanReading(known, mapper, ids, clock);
    const merge = new MergeReading(source, planning, this.readings, writer, this.outbox, cache);
    const claims = new ReadingClaims(this.readings, clock);
    const metrics = new DataMetrics(new Registry());
    this.load = new LoadAccountData(connections, registry, claims, new ReadPages(access, clock), merge, metrics);
    this.retries = new RetryDueLoads(source, this.readings, this.queue, clock);
    this.read = new ReadAccountData(connections, this.readings, new AccountDataListRepository(source));
    this.statements = new ReadStatements(
      this.read,
      access,
      new StatementRepository(source, sealer, mapper, ids),
      clock,
    );
    const accounts = new MergeAccounts(this.readings, known, this.matches, writer, this.outbox, clock);
    this.resolve = new ResolveAccountMatch(source, this.matches, accounts, this.audit, cache, clock);
    const changes = new ConnectionChanges(store.events);
    this.jobs = new DataJobs(changes, registry, this.queue, this.workers, this.load, this.purge);
  }

  static async open(): Promise<AccountDataWorld> {
    Logger.overrideLogger(false);
    const [data, statements] = [new AccountDataFake(), new AccountStatementsFake()];
    const store = await ConnectionStore.open([dataProvider(data, statements)]);
    const source = await store.database.connect(ACCOUNT_DATA_ENTITIES);
    return new AccountDataWorld(store, source, data, statements);
  }

  async sql<Row extends object>(text: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.source.query<Row[]>(text, parameters);
  }

  /** What is stored of a connection's transactions, in plain words, oldest first. */
  async transactionsOf(connectionId: string): Promise<string[]> {
    const rows = await this.sql<{ line: string }>(
      `SELECT concat_ws(' ', day, status, amount, description) AS line FROM transactions
        WHERE connection_id = $1 ORDER BY day, line`,
      [connectionId],
    );
    return rows.map(({ line }) => line);
  }

  async reading(connectionId: string): Promise<Record<string, unknown>> {
    const [row] = await this.sql<Record<string, unknown>>(
      `SELECT *, booked_until::text AS booked_until, pending_from::text AS pending_from FROM data_readings
        WHERE connection_id = $1`,
      [connectionId],
    );
    if (!row) throw new Error('There is no reading.');
    return row;
  }

  /** How many statements a piece of work sends to the database. */
  async statementsOf(work: () => Promise<unknown>): Promise<number> {
    let count = 0;
    const watch = (client: Client): void => {
      if (Object.hasOwn(client, 'query')) return;
      const query = client.query.bind(client);
      client.query = (...args) => {
        count += 1;
        return query(...args);
      };
    };
    const pools = [this.source, this.store.source].map(({ driver }) => (driver as unknown as { master: Pool }).master);
    for (const pool of pools) pool.on('acquire', watch);
    await work();
    for (const pool of pools) pool.off('acquire', watch);
    return count;
  }

  async close(): Promise<void> {
    await this.store.close();
  }
}
