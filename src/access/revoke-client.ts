import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AuditLog } from '../audit/audit-log.js';
import { clientsTag } from '../cache/keys.js';
import { TaggedCache } from '../cache/tagged-cache.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { ClientRepository } from './persistence/client.repository.js';

/** Ends a client and its keys for good. Repeating it changes nothing. */
@Injectable()
export class RevokeClient {
  constructor(
    private readonly clients: ClientRepository,
    private readonly database: DataSource,
    private readonly audit: AuditLog,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
  ) {}

  /** @throws Failure `client.not_found`, or `client.last_admin`: nobody could create clients any more. */
  async run(id: string, actor: string): Promise<void> {
    await this.clients.get(id);
    await this.database.transaction(async (manager) => {
      const admins = await this.clients.lockAdmins(manager);
      if (admins.length === 1 && admins[0]?.id === id) {
        throw new Failure('client.last_admin', { detail: 'Create another client with the scope admin first.' });
      }
      if (!(await this.clients.revoke(manager, id, this.clock.now()))) return;
      await this.audit.record({ actor, action: 'client.revoked', subject: `client:${id}` }, manager);
    });
    // Also on a repeat: the first try may have been cut off before this line.
    await this.cache.invalidate([clientsTag()]);
  }
}
