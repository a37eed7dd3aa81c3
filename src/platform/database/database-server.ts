import { DatabaseConfig } from '../../config/slices.js';
import { SERVER_POOL, type PoolLimits } from './data-source-options.js';

/** The PostgreSQL that this process talks to: a server elsewhere, or the embedded one. */
export abstract class DatabaseServer {
  abstract readonly url: string;
  abstract readonly limits: PoolLimits;
  /** Called once, after the last connection of the pool has ended. */
  abstract close(): Promise<void>;
}

class ExternalServer extends DatabaseServer {
  override readonly limits = SERVER_POOL;

  constructor(override readonly url: string) {
    super();
  }

  override async close(): Promise<void> {
    // It is not ours to stop.
  }
}

export async function openDatabaseServer(config: DatabaseConfig): Promise<DatabaseServer> {
  if (config.url !== null) return new ExternalServer(config.url);
  // Loaded only when used: 20 MB of WebAssembly that an installation with PostgreSQL never needs.
  const { EmbeddedDatabase } = await import('./embedded-database.js');
  return EmbeddedDatabase.start(config.dataDir);
}
