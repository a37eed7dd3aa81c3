import { DatabaseConfig } from '../../config/slices.js';
import { SERVER_POOL } from './data-source-options.js';
import { DatabaseServer } from './database-server.js';

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
