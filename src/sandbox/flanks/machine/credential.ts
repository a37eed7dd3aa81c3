import type { Challenge } from '../bank/test-bank.js';
import type { BankAnswer, BankAttempts } from '../flanks-simulator.types.js';
import type { Group } from './groups.js';

export type RepairKind = 'sca' | 'reset' | 'transaction';

export interface Load {
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

/** One stored login. Plain data, because it goes into the state file. Times are epoch milliseconds. */
export interface Credential {
  /** The simulator's own name. */
  readonly id: string;
  /** `credentials_token`, which opens the data. */
  readonly token: string;
  readonly bank: string;
  readonly username: string;
  readonly externalId: string | null;
  /** How the bank asked for the second factor; `null` when it asked for none. */
  readonly challenge: Challenge | null;
  readonly createdAt: number;
  /** Until the first load ended. */
  readonly pending: boolean;
  readonly blocked: boolean;
  readonly tokens: Readonly<Record<RepairKind, string | null>>;
  /** How many repair tokens there were; each one is new. */
  readonly serial: number;
  readonly load: Load | null;
  readonly created: readonly Group[];
  readonly errored: readonly Group[];
  /** Groups that the next loads do not get. */
  readonly failing: readonly Group[];
  /** When the last load ended; `null` before the first. */
  readonly lastUpdate: number | null;
  /** When the user last passed the bank's second factor. */
  readonly authenticatedAt: number;
  /** The daily updates up to here are decided. */
  readonly tickedUntil: number;
  readonly bankAnswer: BankAnswer;
  readonly bankAttempts: BankAttempts;
}

/** What a finished visit gives. */
export interface NewCredential {
  readonly id: string;
  readonly token: string;
  readonly bank: string;
  readonly username: string;
  readonly externalId: string | null;
  readonly challenge: Challenge | null;
  readonly failing: readonly Group[];
}
