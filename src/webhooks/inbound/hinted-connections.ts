import { Injectable } from '@nestjs/common';

import type { Connection } from '../../connections/domain/connection.js';
import { ConnectionRepository } from '../../connections/persistence/connection.repository.js';
import type { ProviderId } from '../../credentials/provider-id.js';
import type { WebhookHint } from '../../credentials/webhook-receiver.js';
import { isUuid } from '../../platform/pagination/cursor.js';

/** Nobody has more at one provider. */
const MOST_OF_A_USER = 50;

/** Whom hints are about. */
@Injectable()
export class HintedConnections {
  constructor(private readonly connections: ConnectionRepository) {}

  /** Each once. A hint without a credential is about all that the user has at the provider. */
  async of(provider: ProviderId, hints: readonly WebhookHint[]): Promise<readonly Connection[]> {
    const found = new Map<string, Connection>();
    for (const hint of hints) {
      for (const connection of await this.ofHint(provider, hint)) found.set(connection.id, connection);
    }
    return [...found.values()];
  }

  private async ofHint(provider: ProviderId, { credentialId, user }: WebhookHint): Promise<readonly Connection[]> {
    if (credentialId) {
      const connection = await this.connections.findByCredential(provider, credentialId);
      return connection ? [connection] : [];
    }
    if (user === null || !isUuid(user)) return [];
    const ids = (await this.connections.idsOfUser(user)).slice(0, MOST_OF_A_USER);
    const all = await Promise.all(ids.map(async (id) => this.connections.find(id)));
    return all.filter((connection) => connection !== null).filter((connection) => connection.provider === provider);
  }
}
