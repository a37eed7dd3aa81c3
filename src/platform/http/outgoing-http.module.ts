import { HttpModule, HttpService } from '@nestjs/axios';
import { Module } from '@nestjs/common';

import { Clock } from '../time/clock.js';
import { OutgoingCallObserver, SilentObserver } from './outgoing-call-observer.js';
import { OutgoingHttp } from './outgoing-http.js';
import { OutgoingHttpOptions } from './outgoing-http.options.js';

/** Who wants to hear of the calls exports an `OutgoingCallObserver` from a global module. */
@Module({
  imports: [HttpModule.register({})],
  providers: [
    { provide: OutgoingHttpOptions, useFactory: () => new OutgoingHttpOptions() },
    {
      provide: OutgoingHttp,
      useFactory: (http: HttpService, options: OutgoingHttpOptions, clock: Clock, observer?: OutgoingCallObserver) =>
        new OutgoingHttp(http, options, observer ?? new SilentObserver(), clock),
      inject: [HttpService, OutgoingHttpOptions, Clock, { token: OutgoingCallObserver, optional: true }],
    },
  ],
  exports: [OutgoingHttp],
})
export class OutgoingHttpModule {}
