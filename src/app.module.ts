import { Module, type DynamicModule } from '@nestjs/common';

import { MIGRATIONS } from '../migrations/all.js';
import { ConfigModule } from './config/config.module.js';
import type { Config } from './config/load-config.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { ErrorsModule } from './platform/errors/errors.module.js';
import { PlatformModule, type PlatformOverrides } from './platform/platform.module.js';

/** The composition root. */
@Module({})
export class AppModule {
  static forRoot(config: Config, overrides: PlatformOverrides = {}): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        PlatformModule.forRoot(overrides),
        ErrorsModule,
        DatabaseModule.forRoot(MIGRATIONS),
      ],
    };
  }
}
