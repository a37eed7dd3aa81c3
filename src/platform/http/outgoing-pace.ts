/** One attempt that wants to go to a provider. */
export interface PaceRequest {
  readonly provider: string;
  /** Aborts when the caller gave up or the call's deadline passed: waiting ends then. */
  readonly signal: AbortSignal;
  /** Milliseconds until the call's deadline. */
  readonly timeLeftMs: number;
  /** Somebody waits for it. */
  readonly attended: boolean;
}

/** The right to send one request now. */
export interface PacePermit {
  /** Must be called once. @param used false = nothing was sent, so the permit may serve another call. */
  release(used: boolean): void;
}

/**
 * - `go` send now · `paused` the provider, or our own limit, allows nothing before `until`
 * - `off` an operator switched the provider off · `stopped` the signal came first
 */
export type PaceAnswer =
  | { readonly kind: 'go'; readonly permit: PacePermit }
  | { readonly kind: 'paused'; readonly until: Date }
  | { readonly kind: 'off' }
  | { readonly kind: 'stopped' };

/** How fast a provider may be called. Shared limits bind it in a global module; without one only a process's own hold. */
export abstract class OutgoingPace {
  /** Asked before every attempt. Never rejects, and never waits longer than the signal. */
  abstract enter(request: PaceRequest): Promise<PaceAnswer>;

  /** A provider asked for quiet with a 429 or 503. Never throws. */
  abstract askedForQuiet(provider: string, until: Date, status: number): void;
}

const GO: PaceAnswer = { kind: 'go', permit: { release: () => undefined } };

export class UnlimitedPace extends OutgoingPace {
  override enter(_request: PaceRequest): Promise<PaceAnswer> {
    return Promise.resolve(GO);
  }

  override askedForQuiet(_provider: string, _until: Date, _status: number): void {
    // The caller hears of it in the answer.
  }
}
