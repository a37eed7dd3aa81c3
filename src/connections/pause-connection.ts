import { Injectable } from '@nestjs/common';

import { ConnectionLifecycle } from './connection-lifecycle.js';
import type { Connection } from './domain/connection.js';

/** Stops and restarts the syncing of a connection. Its state, consent and data stay as they are. */
@Injectable()
export class PauseConnection {
  constructor(private readonly lifecycle: ConnectionLifecycle) {}

  async pause(id: string): Promise<Connection> {
    return this.lifecycle.setPaused(id, true);
  }

  async resume(id: string): Promise<Connection> {
    return this.lifecycle.setPaused(id, false);
  }
}
