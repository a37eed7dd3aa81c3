import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';

import { OutgoingHttp } from '../platform/http/outgoing-http.js';

const STATES = ['closed', 'half_open', 'open'] as const;

/** Whether this process lets calls to a provider through: 1 for the state that the circuit is in. */
@Injectable()
export class CircuitMetrics {
  constructor(registry: Registry, http: OutgoingHttp) {
    new Gauge({
      name: 'mooring_provider_circuit',
      help: 'State of the circuit to a provider, as this process sees it: 1 = it is in this state.',
      labelNames: ['provider', 'state'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { provider, state } of http.circuits()) {
          for (const each of STATES) this.set({ provider, state: each }, each === state ? 1 : 0);
        }
      },
    });
  }
}
