import { Module } from '@nestjs/common';

import type { Provider } from '../../credentials/provider.js';
import { TinkModule } from '../tink/tink.module.js';
import { TinkProvider } from '../tink/tink.provider.js';
import { ProviderRegistry } from './provider-registry.js';

/** Adding a provider: its module in `imports`, its class in `inject`. */
@Module({
  imports: [TinkModule],
  providers: [
    {
      provide: ProviderRegistry,
      useFactory: (...providers: Provider[]) => new ProviderRegistry(providers),
      inject: [TinkProvider],
    },
  ],
  exports: [ProviderRegistry],
})
export class ProvidersModule {}
