import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AuditLog } from '../audit/audit-log.js';
import { AccessConfig } from '../config/slices.js';
import { Clock } from '../platform/time/clock.js';
import type { Client } from './client.js';
import { parseKey } from './key.js';
import { ClientRepository } from './persistence/client.repository.js';

/** The same in every process, so that of two that start together one creates it and the other finds it. */
export const FIRST_CLIENT_ID = '00000000-0000-7000-8000-000000000001';

/**
 * Creates the first client, with the scope `admin`, where there is none. Its key is `MOORING_BOOTSTRAP_KEY` as it
 * stands: a key of the form `mk_<keyId>_<secret>`, or any 32 to 256 characters without spaces, e.g. of
 * `openssl rand -hex 32`. Once there is a client, revoked or not, the variable does nothing.
 */
@Injectable()
export class FirstClient implements OnApplicationBootstrap {
  private readonly logger = new Logger('Access');

  constructor(
    private readonly config: AccessConfig,
    private readonly clients: ClientRepository,
    private readonly database: DataSource,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @throws RangeError when the key cannot be used. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.config.bootstrapKey === null) return;
    const key = parseKey(this.config.bootstrapKey);
    if (!key) {
      throw new RangeError(
        'MOORING_BOOTSTRAP_KEY must be mk_<keyId>_<secret>, or 32 to 256 characters without spaces.',
      );
    }
    const client: Client = {
      id: FIRST_CLIENT_ID,
      name: 'bootstrap',
      scopes: ['admin'],
      createdAt: this.clock.now(),
      createdBy: 'system',
      revokedAt: null,
    };
    const created = await this.database.transaction(async (manager) => {
      if (!(await this.clients.isEmpty(manager))) return false;
      if (!(await this.clients.insert(manager, client, key))) return false;
      const detail = { name: client.name, scopes: client.scopes };
      const entry = { actor: 'system', action: 'client.created', subject: `client:${client.id}`, detail };
      await this.audit.record(entry, manager);
      return true;
    });
    if (created) this.logger.log('created the first client from MOORING_BOOTSTRAP_KEY');
  }
}
