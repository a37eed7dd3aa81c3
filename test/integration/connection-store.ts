import { randomUUID } from 'node:crypto';

import type { DataSource } from 'typeorm';

import { TaggedCache, type Loaded } from '../../src/cache/tagged-cache.js';
import { ConnectionChanges } from '../../src/connections/connection-changes.js';
import { CredentialTrail } from '../../src/connections/credential-trail.js';
import { DeletionReceipts } from '../../src/connections/deletion-receipts.js';
import { DeletionTallies } from '../../src/connections/deletion-tallies.js';
import { ProviderTraitsReader } from '../../src/connections/provider-traits.js';
import { SyncConfig } from '../../src/config/slices.js';
import { ConnectionLifecycle } from '../../src/connections/connection-lifecycle.js';
import type { Connection } from '../../src/connections/domain/connection.js';
import type { Origin } from '../../src/connections/origin.js';
import { ConnectionCreationEntity } from '../../src/connections/persistence/connection-creation.entity.js';
import {
  ConnectionCreationRepository,
  type Creation,
} from '../../src/connections/persistence/connection-creation.repository.js';
import { ConnectionEventEntity } from '../../src/connections/persistence/connection-event.entity.js';
import { ConnectionEventRepository } from '../../src/connections/persistence/connection-event.repository.js';
import { ConnectionListRepository } from '../../src/connections/persistence/connection-list.repository.js';
import { RefreshAttemptRepository } from '../../src/connections/persistence/refresh-attempt.repository.js';
import { ConnectionWorkRepository } from '../../src/connections/persistence/connection-work.repository.js';
import { ConnectionEntity } from '../../src/connections/persistence/connection.entity.js';
import { ConnectionMapper } from '../../src/connections/persistence/connection.mapper.js';
import { ConnectionRepository } from '../../src/connections/persistence/connection.repository.js';
import { FormerCredentialEntity } from '../../src/connections/persistence/former-credential.entity.js';
import { FormerCredentialRepository } from '../../src/connections/persistence/former-credential.repository.js';
import { DeletionReceiptEntity } from '../../src/connections/persistence/deletion-receipt.entity.js';
import { DeletionReceiptRepository } from '../../src/connections/persistence/deletion-receipt.repository.js';
import { providerId } from '../../src/credentials/provider-id.js';
import type { Provider } from '../../src/credentials/provider.js';
import { KeyRing } from '../../src/platform/crypto/key-ring.js';
import { LookupHash } from '../../src/platform/crypto/lookup-hash.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { Sealer } from '../../src/platform/crypto/sealer.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { UuidIds } from '../../src/platform/ids/ids.js';
import { ProviderRegistry } from '../../src/providers/registry/provider-registry.js';
import { ProviderUserEntity } from '../../src/users/persistence/provider-user.entity.js';
import { UserEntity } from '../../src/users/persistence/user.entity.js';
import { UserRepository } from '../../src/users/persistence/user.repository.js';
import { at, connection, NOON } from '../factories/connection.factory.js';
import { testDatabase, type TestDatabase } from '../factories/database.factory.js';

export const TESTER: Origin = { trigger: 'system', actor: 'tester', requestId: null };

/** Keeps nothing; remembers which tags were made worthless. */
export class RememberingCache extends TaggedCache {
  readonly invalidated: string[] = [];
  /** Runs when the cache is told, so that a test can look at what is committed by then. */
  whenTold: () => Promise<void> = async () => undefined;

  override async read<T>(_key: string, _tags: readonly string[], load: () => Promise<Loaded<T>>): Promise<T> {
    return (await load()).value;
  }

  override async invalidate(tags: readonly string[]): Promise<void> {
    this.invalidated.push(...tags);
    await this.whenTold();
  }

  override async generation(): Promise<string | null> {
    return null;
  }
}

/** The repositories and the one door, on a database of their own, without an application around them. */
export class ConnectionStore {
  readonly clock = MovableClock.frozenAt(NOON);
  readonly cache = new RememberingCache();
  readonly mapper: ConnectionMapper;
  readonly connections: ConnectionRepository;
  readonly lists: ConnectionListRepository;
  readonly events: ConnectionEventRepository;
  readonly work: ConnectionWorkRepository;
  readonly attempts: RefreshAttemptRepository;
  readonly creations: ConnectionCreationRepository;
  readonly users: UserRepository;
  readonly lifecycle: ConnectionLifecycle;
  readonly receipts: DeletionReceipts;
  readonly formers: FormerCredentialRepository;

  private constructor(
    readonly database: TestDatabase,
    readonly source: DataSource,
    readonly registry: ProviderRegistry,
  ) {
    const keys = new KeyRing([{ id: 'test', key: Buffer.alloc(32, 7) }]);
    const sealer = new Sealer(keys);
    this.mapper = new ConnectionMapper(sealer, new LookupHash(Buffer.alloc(32, 7)));
    this.connections = new ConnectionRepository(source, this.mapper);
    this.lists = new ConnectionListRepository(source, this.mapper);
    this.events = new ConnectionEventRepository(source);
    this.work = new ConnectionWorkRepository(source);
    this.creations = new ConnectionCreationRepository(source);
    this.users = new UserRepository(source);
    this.attempts = new RefreshAttemptRepository(source);
    const changes = new ConnectionChanges(this.events);
    this.formers = new FormerCredentialRepository(source, sealer, this.mapper, new UuidIds());
    new CredentialTrail(changes, this.formers, this.connections, this.clock).onModuleInit();
    const receipts = new DeletionReceiptRepository(source);
    this.receipts = new DeletionReceipts(changes, receipts, new DeletionTallies(), new UuidIds(), this.clock);
    this.lifecycle = new ConnectionLifecycle(
      source,
      this.connections,
      changes,
      this.cache,
      new ProviderTraitsReader(registry, new SyncConfig(86_400_000, 21_600_000, 32)),
      this.clock,
    );
  }

  static async open(providers: readonly Provider[] = []): Promise<ConnectionStore> {
    const database = await testDatabase();
    const entities = [
      ConnectionEntity,
      ConnectionEventEntity,
      ConnectionCreationEntity,
      DeletionReceiptEntity,
      FormerCredentialEntity,
      UserEntity,
      ProviderUserEntity,
    ];
    return new ConnectionStore(database, await database.connect(entities), new ProviderRegistry(providers));
  }

  async addUser(externalUserId: string = randomUUID()): Promise<string> {
    const id = randomUUID();
    const none = { market: null, locale: null, deletionRequestedAt: null };
    await this.users.insert({ id, externalUserId, createdAt: NOON, ...none });
    return id;
  }

  /** A stored connection of a user of its own; every secret and id differs from all others. */
  async add(changes: Partial<Connection> = {}): Promise<Connection> {
    const userId = changes.userId ?? (await this.addUser());
    const record = connection({
      id: randomUUID(),
      userId,
      credentialId: new Opened(randomUUID()),
      fingerprint: randomUUID(),
      ...changes,
    });
    await this.lifecycle.begin(record, TESTER, async () => undefined);
    return record;
  }

  creation(userId: string, changes: Partial<Creation> = {}): Creation {
    return {
      id: randomUUID(),
      userId,
      externalUserId: 'cust-42',
      provider: providerId('tink'),
      institutionId: 'se-demobank-password',
      institutionName: 'Demo Bank',
      reference: null,
      fingerprint: randomUUID(),
      actor: 'client:tester',
      requestId: null,
      createdAt: NOON,
      recoverAt: at(40_000),
      ...changes,
    };
  }

  async query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.source.query<Row[]>(sql, parameters);
  }

  async close(): Promise<void> {
    await this.database.close();
  }
}

/** Every order is as likely; the seed makes a failure repeatable. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const mixed = [...items];
  let state = seed;
  for (let last = mixed.length - 1; last > 0; last--) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = state % (last + 1);
    [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T];
  }
  return mixed;
}
