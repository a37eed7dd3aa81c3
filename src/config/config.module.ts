import { Global, Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';

import type { Config } from './load-config.js';

/** Makes every slice of the configuration injectable by its class, everywhere. */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(config: Config): DynamicModule {
    const slices: object[] = [
      config.server,
      config.database,
      config.cache,
      config.crypto,
      config.access,
      config.oidc,
      config.logging,
      config.webhooks,
      config.sync,
      config.pacing,
      config.tink,
      config.flanks,
      config.flinks,
    ];
    const providers = slices.map((slice): Provider => ({ provide: slice.constructor as Type, useValue: slice }));
    return { module: ConfigModule, providers, exports: providers };
  }
}
