import { Logger } from '@nestjs/common';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';

import type { Authenticator } from '../../src/access/authenticator.js';
import { CreateClient } from '../../src/access/create-client.js';
import { FirstClient } from '../../src/access/first-client.js';
import { KeyAuthenticator } from '../../src/access/key-authenticator.js';
import { ClientEntity } from '../../src/access/persistence/client.entity.js';
import { ClientKeyEntity } from '../../src/access/persistence/client-key.entity.js';
import { ClientRepository } from '../../src/access/persistence/client.repository.js';
import { KeyRepository } from '../../src/access/persistence/key.repository.js';
import { RevokeClient } from '../../src/access/revoke-client.js';
import { AuditEntryEntity } from '../../src/audit/persistence/audit-entry.entity.js';
import { AuditRepository } from '../../src/audit/persistence/audit.repository.js';
import { MemoryBackend } from '../../src/cache/cache-backend.js';
import { CacheMetrics } from '../../src/cache/cache-metrics.js';
import { KeyvStore } from '../../src/cache/keyv.store.js';
import { KeyvTaggedCache } from '../../src/cache/keyv-tagged-cache.js';
import type { TaggedCache } from '../../src/cache/tagged-cache.js';
import { AccessConfig, CacheConfig } from '../../src/config/slices.js';
import { UuidIds } from '../../src/platform/ids/ids.js';
import { MovableClock } from '../../src/platform/time/clock.js';

export const ACCESS_ENTITIES = [ClientEntity, ClientKeyEntity, AuditEntryEntity];

/** The access room of one process, put together by hand on a real database. */
export interface AccessRoom {
  readonly clients: ClientRepository;
  readonly create: CreateClient;
  readonly revoke: RevokeClient;
  readonly audit: AuditRepository;
  readonly authenticator: Authenticator;
  readonly cache: TaggedCache;
  first(bootstrapKey: string | null): FirstClient;
}

export function accessRoom(database: DataSource, clock: MovableClock, sharedCache?: TaggedCache): AccessRoom {
  Logger.overrideLogger(false);
  const ids = new UuidIds();
  const cache = sharedCache ?? memoryCache(clock);
  const clients = new ClientRepository(database);
  const audit = new AuditRepository(database, ids, clock);
  return {
    clients,
    audit,
    cache,
    create: new CreateClient(clients, database, audit, cache, ids, clock),
    revoke: new RevokeClient(clients, database, audit, cache, clock),
    authenticator: new KeyAuthenticator(new KeyRepository(database), cache, clock),
    first: (key) => new FirstClient(new AccessConfig(key), clients, database, audit, clock),
  };
}

function memoryCache(clock: MovableClock): TaggedCache {
  const backend = new MemoryBackend();
  const store = new KeyvStore(backend.keyv, backend);
  const config = new CacheConfig(null, 30_000);
  return new KeyvTaggedCache(store, config, clock, new UuidIds(), new CacheMetrics(new Registry()));
}
