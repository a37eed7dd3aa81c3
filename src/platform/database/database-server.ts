import type { PoolLimits } from './data-source-options.js';

/** The PostgreSQL that this process talks to: a server elsewhere, or the embedded one. */
export abstract class DatabaseServer {
  abstract readonly url: string;
  abstract readonly limits: PoolLimits;
  /** Called once, after the last connection of the pool has ended. */
  abstract close(): Promise<void>;
}
