import {
  CircuitState,
  bulkhead,
  isBrokenCircuitError,
  isBulkheadRejectedError,
  isTaskCancelledError,
  wrap,
  type BulkheadPolicy,
} from 'cockatiel';

import { RequestContext } from '../logging/request-context.js';
import type { Clock } from '../time/clock.js';
import { startDeadline, stopReason } from './deadline.js';
import type { OutgoingCallObserver, OutgoingOutcomeLabel } from './outgoing-call-observer.js';
import type { OutgoingHttpOptions } from './outgoing-http.options.js';
import { outgoingFault, type OutgoingOutcome } from './outgoing-outcome.js';
import type { OutgoingPace, PaceAnswer } from './outgoing-pace.js';
import { circuitFor, retryFor, type CircuitAdmits, type ProviderCircuit } from './outgoing-policies.js';
import type { OutgoingRequest } from './outgoing-request.js';
import type { OutgoingWire } from './outgoing-wire.js';
import { askedRetryAt } from './retry-after.js';

export type OutgoingCircuitState = 'closed' | 'open' | 'half_open';

export interface OutgoingChannelParts {
  readonly wire: OutgoingWire;
  readonly options: OutgoingHttpOptions;
  readonly observer: OutgoingCallObserver;
  readonly clock: Clock;
  readonly pace: OutgoingPace;
}

/** What one call is, and what happened in it so far. */
interface Progress {
  readonly attended: boolean;
  attempts: number;
  onTheWire: boolean;
  mayHaveReached: boolean;
  last?: OutgoingOutcome;
}

/** All calls to one provider: its circuit, its places, its retries. */
export class OutgoingChannel {
  private readonly circuit: ProviderCircuit;
  private readonly attended: BulkheadPolicy;
  private readonly unattended: BulkheadPolicy;

  constructor(
    readonly provider: string,
    private readonly parts: OutgoingChannelParts,
  ) {
    this.circuit = circuitFor(parts.options.circuit);
    const { calls, waiting } = parts.options.concurrency;
    this.attended = bulkhead(calls, waiting);
    this.unattended = bulkhead(calls, waiting);
  }

  get circuitState(): OutgoingCircuitState {
    const { state } = this.circuit.policy;
    if (state === CircuitState.Closed) return 'closed';
    return state === CircuitState.HalfOpen ? 'half_open' : 'open';
  }

  /** What the circuit would let through now. */
  get admits(): CircuitAdmits {
    return this.circuit.admits();
  }

  /** Tells the observer of a word that the adapter does not know. @param kind a constant, usable as a label. */
  reportUnknownWord(kind: string, word: string): void {
    this.parts.observer.unknownWord({ provider: this.provider, kind, word: word.slice(0, 64) });
  }

  /**
   * Never rejects for what a network does. Inside a request of our API a call is attended: somebody waits for it.
   * @throws TypeError when `url` is not an absolute address.
   */
  async call(request: OutgoingRequest): Promise<OutgoingOutcome> {
    const startedAt = performance.now();
    const deadlineMs = request.deadlineMs ?? this.parts.options.deadlineMs;
    const deadline = startDeadline(request.signal, deadlineMs);
    const progress: Progress = {
      attended: RequestContext.requestId !== null,
      ...{ attempts: 0, onTheWire: false, mayHaveReached: false },
    };
    try {
      const timeLeft = (): number => deadlineMs - (performance.now() - startedAt);
      const stopped = whenStoppedIdle(deadline.signal, progress);
      const outcome = settled(
        await Promise.race([this.attempts(request, deadline.signal, progress, timeLeft), stopped]),
        progress,
      );
      this.observe(request, outcome, progress, startedAt);
      return outcome;
    } finally {
      deadline.clear();
    }
  }

  private async attempts(
    request: OutgoingRequest,
    signal: AbortSignal,
    progress: Progress,
    timeLeft: () => number,
  ): Promise<OutgoingOutcome> {
    const retrying = retryFor(
      this.parts.options.retry,
      request.retry === 'safe',
      (outcome) => this.waitAskedMs(outcome),
      timeLeft,
    );
    try {
      return await wrap(retrying, progress.attended ? this.attended : this.unattended).execute(
        async () => this.paced(request, signal, progress, timeLeft),
        signal,
      );
    } catch (error) {
      if (isTaskCancelledError(error)) return stopFault(signal, progress);
      if (isBrokenCircuitError(error)) return progress.last ?? outgoingFault('circuit_open', false);
      if (isBulkheadRejectedError(error)) return progress.last ?? outgoingFault('saturated', false);
      throw error;
    }
  }

  /** Outside the circuit: that we may not call now says nothing of the provider's health. */
  private async paced(
    request: OutgoingRequest,
    signal: AbortSignal,
    progress: Progress,
    timeLeft: () => number,
  ): Promise<OutgoingOutcome> {
    const { attended } = progress;
    const answer = await this.parts.pace.enter({ provider: this.provider, signal, timeLeftMs: timeLeft(), attended });
    if (answer.kind !== 'go') return progress.last ?? heldBack(answer, signal, progress);
    const before = progress.attempts;
    try {
      return await this.circuit.policy.execute(async () => this.attempt(request, signal, progress), signal);
    } finally {
      answer.permit.release(progress.attempts > before);
    }
  }

  private async attempt(request: OutgoingRequest, signal: AbortSignal, progress: Progress): Promise<OutgoingOutcome> {
    if (signal.aborted) return outgoingFault('aborted', progress.mayHaveReached);
    progress.attempts += 1;
    progress.onTheWire = true;
    try {
      const outcome = await this.parts.wire.send(request, signal);
      progress.last = outcome;
      this.tellPace(outcome);
      progress.mayHaveReached ||= outcome.kind === 'answer' || outcome.mayHaveReached;
      return outcome;
    } finally {
      progress.onTheWire = false;
    }
  }

  private tellPace(outcome: OutgoingOutcome): void {
    if (outcome.kind === 'fault' || (outcome.status !== 429 && outcome.status !== 503)) return;
    const until = askedRetryAt(outcome, this.parts.clock.now());
    if (until) this.parts.pace.askedForQuiet(this.provider, until, outcome.status);
  }

  private waitAskedMs(outcome: OutgoingOutcome): number {
    if (outcome.kind === 'fault') return 0;
    const now = this.parts.clock.now();
    const until = askedRetryAt(outcome, now);
    return until === undefined ? 0 : until.getTime() - now.getTime();
  }

  private observe(request: OutgoingRequest, outcome: OutgoingOutcome, progress: Progress, startedAt: number): void {
    this.parts.observer.finished({
      provider: this.provider,
      operation: `${request.method} ${request.operation}`,
      outcome: label(outcome),
      durationMs: performance.now() - startedAt,
      attempts: progress.attempts,
    });
  }
}

/** Ends a call that is waiting, not sending: cockatiel's waits do not hear the signal. An attempt under way ends itself. */
async function whenStoppedIdle(signal: AbortSignal, progress: Progress): Promise<OutgoingOutcome> {
  return new Promise((resolve) => {
    const stop = (): void => {
      if (!progress.onTheWire) resolve(progress.last ?? stopFault(signal, progress));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** A fault of the last attempt must not hide that an earlier one reached the server. */
function settled(outcome: OutgoingOutcome, progress: Progress): OutgoingOutcome {
  return outcome.kind === 'fault' ? { ...outcome, mayHaveReached: progress.mayHaveReached } : outcome;
}

function heldBack(
  answer: Exclude<PaceAnswer, { kind: 'go' }>,
  signal: AbortSignal,
  progress: Progress,
): OutgoingOutcome {
  if (answer.kind === 'stopped') return stopFault(signal, progress);
  if (answer.kind === 'off') return outgoingFault('switched_off', false);
  return { ...outgoingFault('paused', false), retryAt: answer.until };
}

function stopFault(signal: AbortSignal, progress: Progress): OutgoingOutcome {
  return outgoingFault(stopReason(signal), progress.mayHaveReached);
}

const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

function label(outcome: OutgoingOutcome): OutgoingOutcomeLabel {
  if (outcome.kind === 'fault') return outcome.fault;
  return CLASSES[Math.floor(outcome.status / 100) - 1] ?? '5xx';
}
