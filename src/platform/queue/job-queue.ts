import type { EntityManager } from 'typeorm';

/** A kind of job: its queue, and how it is tried. Declared once, as a constant, by the room that handles it. */
export interface JobKind<Data extends object> {
  /** Lower-case words with dots, e.g. `sync.tink`. */
  readonly name: string;
  /** Longest time one attempt may take, in seconds; then the job goes to another worker. */
  readonly expireInSeconds: number;
  /** Attempts after the first; then the job goes to the dead letters. Waits double, with jitter. */
  readonly retryLimit: number;
  readonly retryDelaySeconds: number;
  readonly retryDelayMaxSeconds: number;
  /** Of jobs with the same key, at most one waits. */
  readonly onePerKey: boolean;
  /** Only for the type. */
  readonly data?: Data;
}

export interface JobToSend<Data extends object> {
  /** Ids only: job tables are not sealed. */
  readonly data: Data;
  readonly key?: string;
  /** Higher comes first; 0 when absent. */
  readonly priority?: number;
}

/**
 * Puts work into the queues, which are in the database. A job says "now": what is due later stands in a row of its
 * own with its time by our clock, and is sent when it is due.
 */
export abstract class JobQueue {
  /** @param manager of the transaction that causes the job: both happen or neither does. */
  abstract send<Data extends object>(kind: JobKind<Data>, job: JobToSend<Data>, manager?: EntityManager): Promise<void>;

  abstract sendMany<Data extends object>(
    kind: JobKind<Data>,
    jobs: readonly JobToSend<Data>[],
    manager?: EntityManager,
  ): Promise<void>;

  /** Jobs that wait, not those that run. */
  abstract depth(kind: JobKind<object>): Promise<number>;
}
