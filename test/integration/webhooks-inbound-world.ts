import { randomUUID } from 'node:crypto';

import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';

import { ConnectionLifecycle } from '../../src/connections/connection-lifecycle.js';
import type { Connection } from '../../src/connections/domain/connection.js';
import { DataHints } from '../../src/connections/data-hints.js';
import { ConnectionRepository } from '../../src/connections/persistence/connection.repository.js';
import type { Observation } from '../../src/credentials/observation.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { JobWorkers } from '../../src/platform/queue/job-workers.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { UserRepository } from '../../src/users/persistence/user.repository.js';
import { Pause } from '../../src/webhooks/inbound/pause.js';
import { connection, NOON } from '../factories/connection.factory.js';
import { startWithProviders, type FakeProviderApp } from '../factories/fake-provider-app.factory.js';
import {
  fakeWebhook,
  WebhookProviderFake,
  WebhookReceiverFake,
  type FakeNews,
} from '../fakes/inbound-webhooks.fake.js';
import { TESTER } from './connection-store.js';
import { snapshot } from './races-world.js';

export interface InboxRow {
  readonly status: string;
  readonly late: boolean;
  readonly body_sealed: string | null;
}

/** The whole application with a vendor that sends webhooks, one that wants 401, and one that registers by hand. */
export class WebhookWorld {
  readonly clock = MovableClock.frozenAt(NOON);
  readonly vendor = new WebhookProviderFake('fake');
  readonly other = new WebhookProviderFake('other', new WebhookReceiverFake(false, 'webhook.unauthenticated'));
  /** Connections of which followers heard that they may have new data. */
  readonly dataHints: string[] = [];
  /** Milliseconds that jobs waited for the time of a reading. */
  readonly pauses: number[] = [];
  private running: FakeProviderApp | undefined;

  async start(): Promise<this> {
    this.running = await startWithProviders([this.vendor, this.other], this.clock);
    this.get(DataHints).follow(async (_manager, id) => void this.dataHints.push(id));
    this.get(Pause).for = async (ms) => {
      this.pauses.push(ms);
      this.clock.advance(ms);
    };
    return this;
  }

  get app(): FakeProviderApp {
    if (!this.running) throw new Error('The world has not started.');
    return this.running;
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.app.app.get<T>(type, { strict: false });
  }

  /** An empty inbox and queue, a vendor without a script. */
  async reset(): Promise<void> {
    await this.workOff();
    await this.query('DELETE FROM webhook_inbox');
    await this.query('DELETE FROM pgboss.job');
    this.vendor.script.reset();
    this.dataHints.length = 0;
    this.pauses.length = 0;
    this.clock.advance(60_000);
  }

  async add(credential: string = randomUUID(), changes: Partial<Connection> = {}): Promise<Connection> {
    const [userId, now] = [randomUUID(), this.clock.now()];
    const none = { market: null, locale: null, deletionRequestedAt: null };
    await this.get(UserRepository).insert({ id: userId, externalUserId: userId, createdAt: now, ...none });
    const identity = { id: randomUUID(), userId, externalUserId: userId, provider: this.vendor.id };
    const record = connection({
      ...identity,
      credentialId: new Opened(credential),
      fingerprint: randomUUID(),
      ...changes,
    });
    await this.get(ConnectionLifecycle).begin(record, TESTER, async () => undefined);
    return record;
  }

  /** The provider's truth from now on. */
  truth(observation: Observation): void {
    this.vendor.script.override('credentials.get', snapshot(observation));
  }

  get readings(): number {
    return this.vendor.script.callsTo('credentials.get').length;
  }

  async send(news: FakeNews | Uint8Array, { sentAt, provider = 'fake' }: { sentAt?: Date; provider?: string } = {}) {
    return this.post(provider, fakeWebhook(news, undefined, sentAt));
  }

  async post(
    provider: string,
    { body, headers }: { body: Uint8Array; headers: Record<string, string> },
  ): Promise<Response> {
    return fetch(`${this.app.baseUrl}/webhooks/${provider}`, { method: 'POST', body: Buffer.from(body), headers });
  }

  async workOff(): Promise<{ done: number; failed: number }> {
    return this.get(JobWorkers).workOff();
  }

  async stored(id: string): Promise<Connection | null> {
    return this.get(ConnectionRepository).find(id);
  }

  async rows(): Promise<InboxRow[]> {
    return this.query<InboxRow>('SELECT status, late, body_sealed FROM webhook_inbox ORDER BY received_at, id');
  }

  async statuses(): Promise<string[]> {
    return (await this.rows()).map(({ status }) => status);
  }

  async query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.get(DataSource).query<Row[]>(sql, parameters);
  }

  /** Rows of every table of the application and its queues. */
  async counts(): Promise<Record<string, number>> {
    const tables = await this.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname IN ('public', 'pgboss') ORDER BY 1`,
    );
    const counts: Record<string, number> = {};
    for (const { name } of tables) {
      const [row] = await this.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${name}`);
      counts[name] = row?.count ?? -1;
    }
    return counts;
  }

  async metric(name: string): Promise<string> {
    return this.get(Registry).getSingleMetricAsString(name);
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}
