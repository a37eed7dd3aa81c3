import type { OutgoingFaultKind } from './outgoing-outcome.js';

/** The class of the status, or the fault. */
export type OutgoingOutcomeLabel = '1xx' | '2xx' | '3xx' | '4xx' | '5xx' | OutgoingFaultKind;

export interface FinishedCall {
  readonly provider: string;
  /** Method and route template, e.g. `GET /api/v1/credentials/{id}`. */
  readonly operation: string;
  readonly outcome: OutgoingOutcomeLabel;
  /** From the call to its outcome, waits and attempts included. */
  readonly durationMs: number;
  /** 0 when the circuit was open or no place was free. */
  readonly attempts: number;
}

export interface UnknownWord {
  readonly provider: string;
  /** What the word is, e.g. `status`: a constant, usable as a label. */
  readonly kind: string;
  /** The provider's word, cut short; for a log line, never for a label. */
  readonly word: string;
}

/**
 * Hears of every outgoing call; metrics and logs bind it in a global module. Optional: without one nobody listens.
 * It must not throw and gets no address, header or body.
 */
export abstract class OutgoingCallObserver {
  abstract finished(call: FinishedCall): void;
  /** A provider used a word that its adapter does not know. The adapter went on with a tolerant reading. */
  abstract unknownWord(word: UnknownWord): void;
}

export class SilentObserver extends OutgoingCallObserver {
  override finished(_call: FinishedCall): void {
    // Nobody listens.
  }

  override unknownWord(_word: UnknownWord): void {
    // Nobody listens.
  }
}
