import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

import type { PoolLimits } from './data-source-options.js';
import { DataDirectoryLock } from './data-directory-lock.js';
import { DatabaseServer } from './database-server.js';

const MAX_CONNECTIONS = 16;
/** One session serves all connections, so more of them only wait for each other. */
const EMBEDDED_POOL: PoolLimits = { size: 4, connectTimeoutMs: 15_000, statementTimeoutMs: 15_000 };

/** PostgreSQL in this process (PGlite), reached through a loopback port like any other PostgreSQL. */
export class EmbeddedDatabase extends DatabaseServer {
  override readonly limits = EMBEDDED_POOL;
  override readonly url: string;

  private constructor(
    private readonly lock: DataDirectoryLock,
    private readonly database: PGlite,
    private readonly socket: PGLiteSocketServer,
  ) {
    super();
    this.url = `postgres://postgres@${socket.getServerConn()}/postgres`;
  }

  /** @throws DataDirectoryInUseError when another process has this data directory. */
  static async start(dataDir: string): Promise<EmbeddedDatabase> {
    const directory = resolve(dataDir);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const lock = await DataDirectoryLock.take(directory);
    try {
      const database = await PGlite.create({ dataDir: join(directory, 'pgdata') });
      const socket = new PGLiteSocketServer({
        db: database,
        host: '127.0.0.1',
        port: 0,
        maxConnections: MAX_CONNECTIONS,
      });
      await socket.start();
      return new EmbeddedDatabase(lock, database, socket);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  override async close(): Promise<void> {
    await this.socket.stop();
    await this.database.close();
    await this.lock.release();
  }
}
