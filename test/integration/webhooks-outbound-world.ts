import { randomUUID } from 'node:crypto';

import { Logger } from '@nestjs/common';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';

import type { ClientCaller } from '../../src/access/caller.js';
import { AuditLog } from '../../src/audit/audit-log.js';
import { OidcConfig } from '../../src/config/slices.js';
import { KeyRing } from '../../src/platform/crypto/key-ring.js';
import { Sealer } from '../../src/platform/crypto/sealer.js';
import { PublicHttp } from '../../src/platform/http/public-http.js';
import { PublicHttpOptions } from '../../src/platform/http/public-http.options.js';
import { UuidIds } from '../../src/platform/ids/ids.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { AttemptDelivery } from '../../src/webhooks/outbound/attempt-delivery.js';
import { DeliverToEndpoint } from '../../src/webhooks/outbound/deliver-to-endpoint.js';
import { DeliveryMetrics } from '../../src/webhooks/outbound/delivery-metrics.js';
import { DELIVER } from '../../src/webhooks/outbound/domain/deliver-job.js';
import type { EndpointChanges } from '../../src/webhooks/outbound/domain/endpoint-changes.js';
import { ManageEndpoints } from '../../src/webhooks/outbound/manage-endpoints.js';
import type { OutgoingEventType } from '../../src/webhooks/outbound/outbox.js';
import { ClaimRepository } from '../../src/webhooks/outbound/persistence/claim.repository.js';
import { WebhookDeliveryEntity } from '../../src/webhooks/outbound/persistence/delivery.entity.js';
import { DeliveryRepository } from '../../src/webhooks/outbound/persistence/delivery.repository.js';
import { DeliveryStore } from '../../src/webhooks/outbound/persistence/delivery-store.js';
import { EndpointRepository } from '../../src/webhooks/outbound/persistence/endpoint.repository.js';
import { OutboxRepository } from '../../src/webhooks/outbound/persistence/outbox.repository.js';
import { OutgoingEventEntity } from '../../src/webhooks/outbound/persistence/outgoing-event.entity.js';
import { RecordRepository } from '../../src/webhooks/outbound/persistence/record.repository.js';
import { ReplayRepository } from '../../src/webhooks/outbound/persistence/replay.repository.js';
import { ReplayStore } from '../../src/webhooks/outbound/persistence/replay-store.js';
import { UpkeepRepository } from '../../src/webhooks/outbound/persistence/upkeep.repository.js';
import { WebhookEndpointEntity } from '../../src/webhooks/outbound/persistence/webhook-endpoint.entity.js';
import { PruneOutgoing } from '../../src/webhooks/outbound/prune-outgoing.js';
import { ReplayDeliveries } from '../../src/webhooks/outbound/replay-deliveries.js';
import { SweepDueDeliveries } from '../../src/webhooks/outbound/sweep-due-deliveries.js';
import { TargetCheck } from '../../src/webhooks/outbound/target-check.js';
import { NOON } from '../factories/connection.factory.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';
import { JobQueueFake, JobWorkersFake } from '../fakes/job-queue.fake.js';
import type { WebhookReceiverFake } from '../fakes/webhook-receiver.fake.js';

class NoAudit extends AuditLog {
  override async record(): Promise<void> {
    await Promise.resolve();
  }
}

const NO_ISSUER = new OidcConfig(null);

/** The outbox and its deliveries on a database of their own, with queues in memory and a clock that is moved. */
export class WebhooksWorld {
  readonly clock = MovableClock.frozenAt(NOON);
  readonly jobs = new JobQueueFake();
  readonly workers = new JobWorkersFake(this.jobs);
  readonly registry = new Registry();
  readonly outbox: OutboxRepository;
  readonly endpoints: EndpointRepository;
  readonly deliveries: DeliveryRepository;
  readonly records: RecordRepository;
  readonly management: ManageEndpoints;
  readonly pruning: PruneOutgoing;
  readonly replays: ReplayDeliveries;
  private readonly http: PublicHttp;
  private readonly metrics: DeliveryMetrics;
  delivery!: DeliverToEndpoint;
  sweep!: SweepDueDeliveries;

  private constructor(
    readonly database: TestDatabase,
    readonly source: DataSource,
  ) {
    const { clock, jobs } = this;
    const ids = new UuidIds();
    const http = new PublicHttp(new PublicHttpOptions({ allowPrivate: true }));
    this.outbox = new OutboxRepository(ids, clock, jobs);
    this.endpoints = new EndpointRepository(source, new Sealer(new KeyRing([{ id: 't', key: Buffer.alloc(32, 7) }])));
    this.deliveries = new DeliveryRepository(source);
    this.records = new RecordRepository(source);
    this.http = http;
    this.metrics = new DeliveryMetrics(this.registry, this.deliveries);
    this.management = new ManageEndpoints(source, this.endpoints, new TargetCheck(http), new NoAudit(), ids, clock);
    this.pruning = new PruneOutgoing(new UpkeepRepository(source, NO_ISSUER), clock);
    const replayStore = new ReplayStore(this.endpoints, this.deliveries, new ReplayRepository());
    this.replays = new ReplayDeliveries(replayStore, source, jobs, new NoAudit(), clock);
    this.workers.handle(DELIVER, async ({ endpointId }, signal) => this.delivery.run(endpointId, signal));
    this.trustIssuer(true);
  }

  /** From now on a process works that trusts an OIDC issuer, or none. */
  trustIssuer(trusted: boolean): void {
    const { clock, jobs, source } = this;
    const oidc = trusted ? new OidcConfig({ issuer: 'https://id.example', audience: 'mooring' }) : NO_ISSUER;
    const store = new DeliveryStore(this.endpoints, new ClaimRepository(source, oidc), this.records);
    this.delivery = new DeliverToEndpoint(store, new AttemptDelivery(this.http, clock), jobs, this.metrics, clock);
    this.sweep = new SweepDueDeliveries(new UpkeepRepository(source, oidc), jobs, clock);
  }

  static async open(): Promise<WebhooksWorld> {
    const database = await testDatabase();
    // Deliveries that fail are what these tests are about.
    Logger.overrideLogger(['fatal', 'error']);
    const entities = [WebhookEndpointEntity, OutgoingEventEntity, WebhookDeliveryEntity];
    return new WebhooksWorld(database, await database.connect(entities));
  }

  /** A client as the database knows it. */
  async client(): Promise<ClientCaller> {
    const clientId = randomUUID();
    await this.source.query(
      `INSERT INTO clients (id, name, scopes, created_at, created_by) VALUES ($1, 'c', '{webhooks:manage}', $2, 'test')`,
      [clientId, NOON],
    );
    return { kind: 'client', clientId, name: 'c', scopes: new Set(['webhooks:manage']) };
  }

  /** @returns id and secret of a new endpoint. */
  async endpoint(receiver: WebhookReceiverFake, wishes: EndpointChanges = {}, caller?: ClientCaller) {
    const owner = caller ?? (await this.client());
    const { endpoint, secret } = await this.management.create({ url: receiver.url, ...wishes }, owner);
    return { id: endpoint.id, secret: secret.reveal('test'), owner };
  }

  async add(
    type: OutgoingEventType,
    connectionId: string | null,
    userId: string = randomUUID(),
    data = {},
  ): Promise<void> {
    await this.source.transaction(async (manager) => this.outbox.add(manager, { type, userId, connectionId, data }));
  }

  /** What the worker and the scheduled sweep do now. */
  async work(): Promise<void> {
    await this.sweep.run();
    await this.workers.workOff();
  }

  async workAfter(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.work();
  }

  async rows<Row = Record<string, unknown>>(endpointId: string): Promise<Row[]> {
    return this.source.query<Row[]>(`SELECT * FROM webhook_deliveries WHERE endpoint_id = $1 ORDER BY seq`, [
      endpointId,
    ]);
  }

  async statuses(endpointId: string): Promise<string[]> {
    return (await this.rows<{ status: string }>(endpointId)).map(({ status }) => status);
  }

  async close(): Promise<void> {
    await this.database.close();
  }
}
