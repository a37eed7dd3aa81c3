import { HttpModule, HttpService } from '@nestjs/axios';
import { Module } from '@nestjs/common';

import { Clock } from '../time/clock.js';
import { OutgoingCallObserver, SilentObserver } from './outgoing-call-observer.js';
import { OutgoingHttp } from './outgoing-http.js';
import { OutgoingHttpOptions } from './outgoing-http.options.js';
import { OutgoingPace, UnlimitedPace } from './outgoing-pace.js';

/** Who wants to hear of the calls exports an `OutgoingCallObserver` from a global module; who limits them, an `OutgoingPace`. */
@Module({
  imports: [HttpModule.register({})],
  providers: [
    { provide: OutgoingHttpOptions, useFactory: () => new OutgoingHttpOptions() },
    {
      provide: OutgoingHttp,
      useFactory: (
        http: HttpService,
        options: OutgoingHttpOptions,
        clock: Clock,
        observer?: OutgoingCallObserver,
        pace?: OutgoingPace,
      ) => new OutgoingHttp(http, options, observer ?? new SilentObserver(), clock, pace ?? new UnlimitedPace()),
      inject: [
        HttpService,
        OutgoingHttpOptions,
        Clock,
        { token: OutgoingCallObserver, optional: true },
        { token: OutgoingPace, optional: true },
      ],
    },
  ],
  exports: [OutgoingHttp],
})
export class OutgoingHttpModule {}
