import { Global, Module, type DynamicModule } from '@nestjs/common';

import { Ids, UuidIds } from './ids/ids.js';
import { Clock, SystemClock } from './time/clock.js';

export interface PlatformOverrides {
  readonly clock?: Clock;
  readonly ids?: Ids;
}

/** Time and ids, injectable everywhere. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(overrides: PlatformOverrides = {}): DynamicModule {
    const providers = [
      { provide: Clock, useValue: overrides.clock ?? new SystemClock() },
      { provide: Ids, useValue: overrides.ids ?? new UuidIds() },
    ];
    return { module: PlatformModule, providers, exports: providers };
  }
}
