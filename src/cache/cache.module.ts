import { Cache, CacheModule as NestCacheModule } from '@nestjs/cache-manager';
import { Global, Module } from '@nestjs/common';

import { CacheConfig } from '../config/slices.js';
import { Sealer } from '../platform/crypto/sealer.js';
import { Ids } from '../platform/ids/ids.js';
import { Clock } from '../platform/time/clock.js';
import { CacheBackend, MemoryBackend, RedisBackend } from './cache-backend.js';
import { CacheCheck } from './cache-check.js';
import { CacheMetrics } from './cache-metrics.js';
import { CacheStore } from './cache-store.js';
import { GuardedStore } from './guarded.store.js';
import { KeyvTaggedCache } from './keyv-tagged-cache.js';
import { KeyvStore } from './keyv.store.js';
import { ReadInterceptor } from './read.interceptor.js';
import { SealedStore } from './sealed.store.js';
import { TaggedCache } from './tagged-cache.js';

@Module({
  providers: [
    {
      provide: CacheBackend,
      inject: [CacheConfig],
      useFactory: ({ redisUrl }: CacheConfig): CacheBackend =>
        redisUrl === null ? new MemoryBackend() : new RedisBackend(redisUrl),
    },
  ],
  exports: [CacheBackend],
})
class CacheBackendModule {}

/** Gives every room `TaggedCache`. Nest's own cache module owns the store and closes it. */
@Global()
@Module({
  imports: [
    CacheBackendModule,
    NestCacheModule.registerAsync({
      imports: [CacheBackendModule],
      inject: [CacheBackend],
      useFactory: (backend: CacheBackend) => ({ stores: [backend.keyv] }),
    }),
  ],
  providers: [
    { provide: CacheStore, inject: [Cache, CacheBackend, Sealer, Clock, Ids], useFactory: storeOf },
    { provide: TaggedCache, useClass: KeyvTaggedCache },
    ReadInterceptor,
    CacheMetrics,
    CacheCheck,
  ],
  exports: [TaggedCache, ReadInterceptor],
})
export class CacheModule {}

function storeOf(cache: Cache, backend: CacheBackend, sealer: Sealer, clock: Clock, ids: Ids): CacheStore {
  const store = new KeyvStore(cache.stores[0] ?? backend.keyv, backend);
  if (!backend.shared) return store;
  const guarded = new GuardedStore(new SealedStore(store, sealer), () => backend.isConnected(), clock, ids);
  backend.onLost(() => {
    guarded.distrust();
  });
  return guarded;
}
