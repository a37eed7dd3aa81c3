import { Module } from '@nestjs/common';

import { ProviderRegistry } from './provider-registry.js';

/** Adding a provider: its module in `imports`, its class in `inject`. */
@Module({
  imports: [],
  providers: [
    {
      provide: ProviderRegistry,
      useFactory: () => new ProviderRegistry([]),
      inject: [],
    },
  ],
  exports: [ProviderRegistry],
})
export class ProvidersModule {}
