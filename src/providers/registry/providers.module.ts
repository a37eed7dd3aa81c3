import { Module } from '@nestjs/common';

import type { Provider } from '../../credentials/provider.js';
import { FlanksModule } from '../flanks/flanks.module.js';
import { FlanksProvider } from '../flanks/flanks.provider.js';
import { FlinksModule } from '../flinks/flinks.module.js';
import { FlinksProvider } from '../flinks/flinks.provider.js';
import { TinkModule } from '../tink/tink.module.js';
import { TinkProvider } from '../tink/tink.provider.js';
import { ProviderAccess } from './provider-access.js';
import { ProviderRegistry } from './provider-registry.js';

/** Adding a provider: its module in `imports`, its class in `inject`. */
@Module({
  imports: [TinkModule, FlanksModule, FlinksModule],
  providers: [
    ProviderAccess,
    {
      provide: ProviderRegistry,
      useFactory: (...providers: Provider[]) => new ProviderRegistry(providers),
      inject: [TinkProvider, FlanksProvider, FlinksProvider],
    },
  ],
  exports: [ProviderRegistry, ProviderAccess],
})
export class ProvidersModule {}
