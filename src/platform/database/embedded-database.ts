import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';

import { PGlite } from '@electric-sql/pglite';
import { Logger } from '@nestjs/common';
import pg from 'pg';

import { DataDirectoryLock } from './data-directory-lock.js';
import type { PoolLimits } from './data-source-options.js';
import { DatabaseServer } from './database-server.js';
import { EMBEDDED_SETTINGS, ensureDataDirectory } from './embedded-data-directory.js';
import { EmbeddedSocket } from './embedded-socket.js';

const MAX_CONNECTIONS = 16;
/** One session serves all connections, so more of them only wait for each other. */
const EMBEDDED_POOL: PoolLimits = { size: 4, connectTimeoutMs: 15_000, statementTimeoutMs: 15_000 };
/** Nobody else does it: without the background processes of a server the write-ahead log would grow for ever. */
const CHECKPOINT_EVERY_MS = 60_000;

/** PostgreSQL in this process (PGlite), reached through a loopback port like any other PostgreSQL. */
export class EmbeddedDatabase extends DatabaseServer {
  override readonly limits = EMBEDDED_POOL;
  override readonly url: string;
  private readonly checkpoints: NodeJS.Timeout;

  private constructor(
    private readonly lock: DataDirectoryLock,
    private readonly database: PGlite,
    private readonly socket: EmbeddedSocket,
  ) {
    super();
    this.url = `postgres://postgres@${socket.address}/postgres`;
    this.checkpoints = setInterval(() => void this.checkpoint(), CHECKPOINT_EVERY_MS).unref();
  }

  /**
   * @param mostConnections more only where several applications share it, as in tests.
   * @throws DataDirectoryInUseError when another process has this data directory.
   */
  static async start(dataDir: string, mostConnections = MAX_CONNECTIONS): Promise<EmbeddedDatabase> {
    const directory = resolve(dataDir);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const lock = await DataDirectoryLock.take(directory);
    // Every message copies bytes; the young generation would grow by 150 MB for them and never shrink.
    setFlagsFromString('--semi-space-growth-factor=1');
    try {
      const pgdata = join(directory, 'pgdata');
      await ensureDataDirectory(pgdata);
      const database = await PGlite.create({ dataDir: pgdata, postgresqlconf: [...EMBEDDED_SETTINGS] });
      const socket = await EmbeddedSocket.listen(database, mostConnections);
      return new EmbeddedDatabase(lock, database, socket);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  override async close(): Promise<void> {
    clearInterval(this.checkpoints);
    await this.socket.close();
    await this.database.close();
    await this.lock.release();
  }

  /** Over a connection of its own: a direct call could fall between the messages of another connection's statement. */
  private async checkpoint(): Promise<void> {
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 5_000, query_timeout: 30_000 });
    try {
      await client.connect();
      await client.query('CHECKPOINT');
    } catch (error) {
      new Logger('EmbeddedDatabase').warn({ msg: 'checkpoint failed', err: error });
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
