import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { actorOf, type Caller } from '../../access/caller.js';
import { AuditLog } from '../../audit/audit-log.js';
import { Failure } from '../../platform/errors/failure.js';
import { Clock } from '../../platform/time/clock.js';
import type { WebhookEndpoint } from './domain/endpoint.js';
import { ordered } from './domain/endpoint-changes.js';
import { EndpointRepository } from './persistence/endpoint.repository.js';

/** The operator switches anybody's endpoint off; its owner cannot switch it on again. Repeating an order changes nothing. */
@Injectable()
export class SwitchEndpoint {
  constructor(
    private readonly database: DataSource,
    private readonly endpoints: EndpointRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @throws Failure `webhook_endpoint.not_found`, `webhook_endpoint.not_disabled_by_operator` */
  async run(id: string, enabled: boolean, operator: Caller): Promise<WebhookEndpoint> {
    const found = await this.endpoints.find(id);
    if (!found)
      throw new Failure('webhook_endpoint.not_found', { detail: 'There is no webhook endpoint with this id.' });
    return this.database.transaction(async (manager) => {
      const before = await this.endpoints.lock(manager, id, found.owner);
      const after = ordered(before, enabled, this.clock.now());
      if (after === before) return before;
      await this.endpoints.update(manager, after);
      const action = `webhook_endpoint.${enabled ? 'enabled' : 'disabled'}`;
      const detail = { owner: before.owner, was: before.disabledReason ?? 'enabled' };
      await this.audit.record({ actor: actorOf(operator), action, subject: `webhook_endpoint:${id}`, detail }, manager);
      return after;
    });
  }
}
