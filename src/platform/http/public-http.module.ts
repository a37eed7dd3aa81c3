import { Module } from '@nestjs/common';

import { WebhooksConfig } from '../../config/slices.js';
import { PublicHttp } from './public-http.js';
import { PublicHttpOptions } from './public-http.options.js';

@Module({
  providers: [
    {
      provide: PublicHttpOptions,
      useFactory: ({ allowPrivate }: WebhooksConfig) => new PublicHttpOptions({ allowPrivate }),
      inject: [WebhooksConfig],
    },
    {
      provide: PublicHttp,
      useFactory: (options: PublicHttpOptions) => new PublicHttp(options),
      inject: [PublicHttpOptions],
    },
  ],
  exports: [PublicHttp],
})
export class PublicHttpModule {}
