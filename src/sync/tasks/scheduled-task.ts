/**
 * Work that repeats, done by one process at a time. Add it to `TaskRegistry` in `onModuleInit`. It may run twice when
 * a process dies, so it must not mind.
 */
export abstract class ScheduledTask {
  /** Lower-case words with dots or dashes, e.g. `plan-syncs`. */
  abstract readonly name: string;
  /** Milliseconds between the starts of two runs, until an operator sets another value. */
  abstract readonly everyMs: number;
  /** Longest time of a run in milliseconds; then `signal` aborts and another process may begin it anew. */
  abstract readonly leaseMs: number;

  /** @returns a few words for operators, e.g. `planned 200`. Throwing = failed; it runs again at its next time. */
  abstract run(signal: AbortSignal): Promise<string>;
}
