import type { OnApplicationShutdown } from '@nestjs/common';
import type { HttpService } from '@nestjs/axios';

import type { Clock } from '../time/clock.js';
import type { OutgoingCallObserver } from './outgoing-call-observer.js';
import { OutgoingChannel, type OutgoingCircuitState } from './outgoing-channel.js';
import type { OutgoingHttpOptions } from './outgoing-http.options.js';
import type { CircuitAdmits } from './outgoing-policies.js';
import { UnlimitedPace, type OutgoingPace } from './outgoing-pace.js';
import { OutgoingWire } from './outgoing-wire.js';

/** The door to other people's servers: one channel for each provider, so that one's outage does not touch another. */
export class OutgoingHttp implements OnApplicationShutdown {
  private readonly channels = new Map<string, OutgoingChannel>();
  private readonly wire: OutgoingWire;

  constructor(
    http: HttpService,
    private readonly options: OutgoingHttpOptions,
    private readonly observer: OutgoingCallObserver,
    private readonly clock: Clock,
    private readonly pace: OutgoingPace = new UnlimitedPace(),
  ) {
    this.wire = new OutgoingWire(http, options);
  }

  /** The same channel for the same provider. */
  channel(provider: string): OutgoingChannel {
    const { wire, options, observer, clock, pace } = this;
    const channel =
      this.channels.get(provider) ?? new OutgoingChannel(provider, { wire, options, observer, clock, pace });
    this.channels.set(provider, channel);
    return channel;
  }

  /** For health and metrics. */
  circuits(): readonly { readonly provider: string; readonly state: OutgoingCircuitState }[] {
    return [...this.channels.values()].map(({ provider, circuitState }) => ({ provider, state: circuitState }));
  }

  /** What this process's circuit to the provider would let through now. */
  admits(provider: string): CircuitAdmits {
    return this.channels.get(provider)?.admits ?? 'all';
  }

  /** Not earlier: requests that are being answered still call providers. */
  onApplicationShutdown(): void {
    this.wire.close();
  }
}
