import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/time/clock.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { explain, type Explanation } from './domain/explain.js';
import { ReadConnections } from './read-connections.js';

const EVENTS_TOLD = 20;

@Injectable()
export class ExplainConnection {
  constructor(
    private readonly read: ReadConnections,
    private readonly providers: ProviderAccess,
    private readonly clock: Clock,
  ) {}

  /** @throws Failure `connection.not_found` */
  async run(id: string): Promise<Explanation> {
    const connection = await this.read.stored(id);
    const events = await this.read.latestEvents(id, EVENTS_TOLD);
    const capabilities = this.providers.capabilities(connection.provider);
    return explain(connection, events, capabilities, this.clock.now());
  }
}
