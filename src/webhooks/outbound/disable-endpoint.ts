import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AuditLog } from '../../audit/audit-log.js';
import { Failure } from '../../platform/errors/failure.js';
import { Clock } from '../../platform/time/clock.js';
import { EndpointRepository } from './persistence/endpoint.repository.js';

/** The operator switches an endpoint off; its owner cannot switch it on again. */
@Injectable()
export class DisableEndpoint {
  constructor(
    private readonly database: DataSource,
    private readonly endpoints: EndpointRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @throws Failure `webhook_endpoint.not_found` */
  async run(id: string, actor: string): Promise<void> {
    const found = await this.endpoints.find(id);
    if (!found)
      throw new Failure('webhook_endpoint.not_found', { detail: 'There is no webhook endpoint with this id.' });
    await this.database.transaction(async (manager) => {
      const endpoint = await this.endpoints.lock(manager, id, found.owner);
      const now = this.clock.now();
      const off = { disabledReason: 'operator', disabledAt: now, updatedAt: now } as const;
      await this.endpoints.update(manager, { ...endpoint, ...off });
      await this.audit.record(
        { actor, action: 'webhook_endpoint.disabled', subject: `webhook_endpoint:${id}` },
        manager,
      );
    });
  }
}
