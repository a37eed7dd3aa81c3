import type { Capabilities } from '../../credentials/capabilities.js';
import type { ConnectionEvent, Trigger } from './connection-event.js';

/** One attempt to have the bank asked. */
export interface ExplainedAttempt {
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly trigger: Trigger;
  readonly attended: boolean;
  readonly reason: string;
  /** `accepted`, `abandoned`, or the code of the refusal; `null` = it runs, or its process died. */
  readonly outcome: string | null;
  /** It counts against the quota. */
  readonly spent: boolean;
}

/** What an explanation needs beside the connection. */
export interface ExplainedFacts {
  /** Oldest first. */
  readonly events: readonly ConnectionEvent[];
  readonly capabilities: Pick<Capabilities, 'authenticate' | 'replaceLogin' | 'connect' | 'refresh' | 'limits'>;
  /** Newest first. */
  readonly attempts: readonly ExplainedAttempt[];
  /** Refreshes of the last 24 hours. */
  readonly spent: { readonly attended: number; readonly unattended: number };
  /** How often the bank refused one and the same login, and how often that may be. */
  readonly login: { readonly refused: number; readonly most: number };
}
