import type { ProviderLimits } from '../../config/slices.js';
import type { PaceAnswer } from '../http/outgoing-pace.js';
import { LatencyWindow } from './latency-window.js';
import type { LeasedPlaces } from './leased-places.js';
import type { RateGate } from './rate-gate.js';

export interface GateParts {
  readonly limits: ProviderLimits;
  /** `null` = no limit over all processes. */
  readonly rate: RateGate | null;
  readonly attended: LeasedPlaces | null;
  readonly unattended: LeasedPlaces | null;
}

export interface GateRequest {
  readonly signal: AbortSignal;
  readonly timeLeftMs: number;
  readonly attended: boolean;
}

/** This process's calls to one provider: how many run, how long they take, and whether one more may begin. */
export class ProviderGate {
  readonly latency = new LatencyWindow();
  private running = 0;

  constructor(private readonly parts: GateParts) {}

  get limits(): ProviderLimits {
    return this.parts.limits;
  }

  get runningHere(): number {
    return this.running;
  }

  /** First a place, then a time: a permit that waits for a place would be void. */
  async enter({ signal, timeLeftMs, attended }: GateRequest): Promise<PaceAnswer> {
    const startedAt = performance.now();
    const places = attended ? this.parts.attended : this.parts.unattended;
    if (places && !(await places.take(signal, timeLeftMs))) return { kind: 'stopped' };
    const left = timeLeftMs - (performance.now() - startedAt);
    const turn = this.parts.rate ? await this.parts.rate.take({ signal, attended, timeLeftMs: left }) : NOW;
    if (turn?.kind === 'go') return { kind: 'go', permit: this.permit(places, turn.at) };
    places?.release();
    return turn ?? { kind: 'stopped' };
  }

  async close(): Promise<void> {
    await Promise.all([this.parts.attended?.close(), this.parts.unattended?.close()]);
  }

  private permit(places: LeasedPlaces | null, at: Date | null): { release: (used: boolean) => void } {
    const startedAt = performance.now();
    this.running += 1;
    return {
      release: (used) => {
        this.running -= 1;
        places?.release();
        const now = performance.now();
        if (used) this.latency.add(now - startedAt, now);
        else if (at) this.parts.rate?.giveBack(at);
      },
    };
  }
}

const NOW = { kind: 'go', at: null } as const;
