import { randomUUID } from 'node:crypto';

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

import { PacingConfig } from '../../config/slices.js';
import { OutgoingPace, type PaceAnswer, type PaceRequest } from '../http/outgoing-pace.js';
import { awaitShared } from '../http/shared-work.js';
import { Clock } from '../time/clock.js';
import { LeasedPlaces } from './leased-places.js';
import { PaceRepository } from './pace.repository.js';
import { ProviderGate } from './provider-gate.js';
import { ProviderPace } from './provider-pace.js';
import { RateGate } from './rate-gate.js';

/** Limits that all processes keep together, in the database. A provider without limits costs no statement for a call. */
@Injectable()
export class DatabasePace extends OutgoingPace implements OnApplicationShutdown {
  private readonly process = randomUUID();
  private readonly gates = new Map<string, ProviderGate>();

  constructor(
    private readonly config: PacingConfig,
    private readonly rows: PaceRepository,
    private readonly pace: ProviderPace,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async enter({ provider, signal, timeLeftMs, attended }: PaceRequest): Promise<PaceAnswer> {
    const startedAt = performance.now();
    const held = await awaitShared<PaceAnswer | null>(signal, this.heldBack(provider), () => ({ kind: 'stopped' }));
    if (held) return held;
    const left = timeLeftMs - (performance.now() - startedAt);
    return this.gate(provider).enter({ signal, attended, timeLeftMs: left });
  }

  override askedForQuiet(provider: string, until: Date, status: number): void {
    this.pace.askedForQuiet(provider, until, status);
  }

  /** Of this process; the same for the same provider. */
  gate(provider: string): ProviderGate {
    const gate = this.gates.get(provider) ?? this.newGate(provider);
    this.gates.set(provider, gate);
    return gate;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.gates.values()].map(async (gate) => gate.close()));
  }

  private async heldBack(provider: string): Promise<PaceAnswer | null> {
    if (!(await this.pace.isEnabled(provider))) return { kind: 'off' };
    const until = await this.pace.pausedUntil(provider);
    return until && { kind: 'paused', until };
  }

  private newGate(provider: string): ProviderGate {
    const { rows, clock, process } = this;
    const limits = this.config.limitsOf(provider);
    const { requestsPerSecond, concurrency: limit } = limits;
    const rate = requestsPerSecond === null ? null : new RateGate(provider, requestsPerSecond, rows, clock);
    const places = (attended: boolean): LeasedPlaces | null =>
      limit === null ? null : new LeasedPlaces({ provider, process, attended, limit, rows, clock });
    return new ProviderGate({ limits, rate, attended: places(true), unattended: places(false) });
  }
}
