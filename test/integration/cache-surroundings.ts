import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Registry } from 'prom-client';

import { CacheModule } from '../../src/cache/cache.module.js';
import { CacheConfig } from '../../src/config/slices.js';
import { KeyRing } from '../../src/platform/crypto/key-ring.js';
import { Sealer } from '../../src/platform/crypto/sealer.js';
import { HealthChecks } from '../../src/platform/health/health-checks.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { MovableClock } from '../../src/platform/time/clock.js';

export const TTL_MS = 30_000;
const KEYS = new KeyRing([{ id: 'test', key: Buffer.alloc(32, 9) }]);

/** The cache room with what it needs of the house, and no more. */
@Global()
@Module({})
export class CacheSurroundings {
  static forRoot(redisUrl: string | null, clock = new MovableClock()): DynamicModule {
    const providers = [
      { provide: CacheConfig, useValue: new CacheConfig(redisUrl, TTL_MS) },
      { provide: HealthChecks, useValue: new HealthChecks() },
      { provide: Sealer, useValue: new Sealer(KEYS) },
      { provide: Registry, useValue: new Registry() },
    ];
    return {
      module: CacheSurroundings,
      imports: [PlatformModule.forRoot({ clock }), CacheModule],
      providers,
      exports: providers,
    };
  }
}
