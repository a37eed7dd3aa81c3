import { Injectable } from '@nestjs/common';

import { entryKey, userTag } from '../../cache/keys.js';
import { TaggedCache } from '../../cache/tagged-cache.js';
import { isMoving } from '../domain/connection-state.js';
import { ReadConnections } from '../read-connections.js';
import { ConnectionResponseMapper } from './connection-response.mapper.js';
import type { ListConnectionsQuery } from './connection.requests.js';
import type { ConnectionPageResponse } from './connection.response.js';

/** One user's connections are cached under the user's tag; lists over many users are always read. */
@Injectable()
export class CachedConnectionList {
  constructor(
    private readonly read: ReadConnections,
    private readonly mapper: ConnectionResponseMapper,
    private readonly cache: TaggedCache,
  ) {}

  async page(query: ListConnectionsQuery): Promise<ConnectionPageResponse> {
    const { userId } = query;
    if (userId === undefined) return this.load(query);
    const parts = Object.entries(query).map(([name, value]) => `${name}=${String(value)}`);
    return this.cache.read(entryKey('connections', ...parts.sort()), [userTag(userId)], async () => {
      const value = await this.load(query);
      return { value, cacheable: !value.data.some(({ state }) => isMoving(state.value) || state.value === 'deleting') };
    });
  }

  private async load({ limit, cursor, ...filter }: ListConnectionsQuery): Promise<ConnectionPageResponse> {
    const { data, nextCursor } = await this.read.list(filter, limit, cursor);
    return { data: data.map((connection) => this.mapper.toResponse(connection)), nextCursor };
  }
}
