import { createServer, type AddressInfo, type Server } from 'node:net';

import type { PGlite } from '@electric-sql/pglite';

import { EmbeddedConnection } from './embedded-connection.js';
import { SessionTurns } from './session-turns.js';

const LOOPBACK = '127.0.0.1';

/** A loopback port on which PostgreSQL clients reach the embedded database. */
export class EmbeddedSocket {
  private readonly connections = new Set<EmbeddedConnection>();

  private constructor(private readonly server: Server) {}

  /** @param mostConnections further clients are turned away. */
  static async listen(database: PGlite, mostConnections: number): Promise<EmbeddedSocket> {
    const turns = new SessionTurns();
    const server = createServer();
    const listening = new EmbeddedSocket(server);
    server.maxConnections = mostConnections;
    server.on('connection', (socket) => {
      const connection = new EmbeddedConnection(socket, database, turns);
      listening.connections.add(connection);
      socket.once('close', () => listening.connections.delete(connection));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, LOOPBACK, resolve);
    });
    return listening;
  }

  /** `host:port` */
  get address(): string {
    return `${LOOPBACK}:${String((this.server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
    await Promise.all([...this.connections].map((connection) => connection.close()));
    await closed;
  }
}
