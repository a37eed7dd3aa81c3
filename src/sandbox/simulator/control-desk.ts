import type { MovableClock } from '../../platform/time/clock.js';
import type { Call, CallFilter, CallLog } from './call-log.js';
import type { ArmedFault, FaultBoard, FaultRule } from './faults.js';
import type { StateFile } from './state-file.js';

/** What the control of every simulator can do. */
export interface SharedControl {
  /** Everything the simulator knows, without secrets. */
  state(): { readonly faults: readonly ArmedFault[] };
  /** @returns the clock afterwards, epoch milliseconds. */
  advance(ms: number): number;
  addFault(rule: FaultRule): string;
  clearFaults(id?: string): void;
  calls(filter?: CallFilter): readonly Call[];
  clearCalls(): void;
  /** Every issued access token stops working, as after a key rotation at the vendor. */
  revokeTokens(): void;
  /** Forgets everything. */
  reset(): void;
}

/** The part of a simulator's state that is the same for all. */
export interface SharedWorld {
  readonly options: { readonly clock: MovableClock };
  readonly faults: FaultBoard;
  readonly calls: CallLog;
  readonly file: StateFile;
  now(): number;
  revokeTokens(): void;
  reset(): void;
}

export abstract class ControlDesk<W extends SharedWorld> {
  constructor(protected readonly world: W) {}

  advance(ms: number): number {
    this.world.options.clock.advance(ms);
    return this.world.now();
  }

  addFault(rule: FaultRule): string {
    return this.world.faults.add(rule);
  }

  clearFaults(id?: string): void {
    this.world.faults.clear(id);
  }

  calls(filter: CallFilter = {}): readonly Call[] {
    return this.world.calls.list(filter);
  }

  clearCalls(): void {
    this.world.calls.clear();
  }

  revokeTokens(): void {
    this.world.revokeTokens();
    this.world.file.saveSoon();
  }

  reset(): void {
    this.world.reset();
    this.world.file.saveSoon();
  }
}
