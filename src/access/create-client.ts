import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AuditLog } from '../audit/audit-log.js';
import { clientsTag } from '../cache/keys.js';
import { TaggedCache } from '../cache/tagged-cache.js';
import type { Opened } from '../platform/crypto/opened.js';
import { Ids } from '../platform/ids/ids.js';
import { Clock } from '../platform/time/clock.js';
import type { Client } from './client.js';
import { generateKey, parseKey } from './key.js';
import { ClientRepository } from './persistence/client.repository.js';
import type { Scope } from './scope.js';

export interface CreatedClient {
  readonly client: Client;
  /** Exists only here: its hash is all that is kept. */
  readonly key: Opened;
}

/** A new client with its one key. */
@Injectable()
export class CreateClient {
  constructor(
    private readonly clients: ClientRepository,
    private readonly database: DataSource,
    private readonly audit: AuditLog,
    private readonly cache: TaggedCache,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  async run(
    request: { readonly name: string; readonly scopes: readonly Scope[] },
    actor: string,
  ): Promise<CreatedClient> {
    const { name, scopes } = request;
    const id = this.ids.next();
    const client: Client = { id, name, scopes, createdAt: this.clock.now(), createdBy: actor, revokedAt: null };
    const key = generateKey();
    const parsed = parseKey(key.reveal('to store its hash'));
    if (!parsed) throw new TypeError('A generated key must have the form of a key.');
    await this.database.transaction(async (manager) => {
      await this.clients.insert(manager, client, parsed);
      const entry = { actor, action: 'client.created', subject: `client:${id}`, detail: { name, scopes } };
      await this.audit.record(entry, manager);
    });
    await this.cache.invalidate([clientsTag()]);
    return { client, key };
  }
}
