import type { EntityManager } from 'typeorm';

export interface AuditEntry {
  /** Who, e.g. `client:0199…` or `system`. */
  readonly actor: string;
  /** What, in dotted words, e.g. `client.created`. */
  readonly action: string;
  /** On what, e.g. `client:0199…` or `user:0199…`. */
  readonly subject: string;
  readonly requestId?: string;
  /** Facts for the reader. Never a secret. */
  readonly detail?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** The append-only record of sensitive acts. */
export abstract class AuditLog {
  /**
   * @param manager writes inside that transaction, so that act and entry stand or fall together.
   * Without it the entry is written at once. Rejects when it could not be written: then the act must not happen.
   */
  abstract record(entry: AuditEntry, manager?: EntityManager): Promise<void>;
}
