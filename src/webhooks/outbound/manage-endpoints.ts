import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { actorOf, type Caller } from '../../access/caller.js';
import { AuditLog } from '../../audit/audit-log.js';
import type { Opened } from '../../platform/crypto/opened.js';
import { Failure } from '../../platform/errors/failure.js';
import { Ids } from '../../platform/ids/ids.js';
import { Clock } from '../../platform/time/clock.js';
import type { WebhookEndpoint } from './domain/endpoint.js';
import { changed, type EndpointChanges, type EndpointWishes } from './domain/endpoint-changes.js';
import { ownerOf } from './domain/owner.js';
import { generateSigningSecret, ROTATION_MS } from './domain/signing-secret.js';
import { EndpointRepository } from './persistence/endpoint.repository.js';
import { TargetCheck } from './target-check.js';

/** Each event goes to each of them, in the transaction of its cause. */
const ENDPOINTS_PER_CLIENT = 50;

export interface WithSecret {
  readonly endpoint: WebhookEndpoint;
  /** Shown now and never again. */
  readonly secret: Opened;
}

/** What a client does with its own endpoints. Those of others are not there for it. */
@Injectable()
export class ManageEndpoints {
  constructor(
    private readonly database: DataSource,
    private readonly endpoints: EndpointRepository,
    private readonly target: TargetCheck,
    private readonly audit: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** @throws Failure `webhook_endpoint.refused_target`, `webhook_endpoint.limit` */
  async create(wishes: EndpointWishes, caller: Caller): Promise<WithSecret> {
    const owner = ownerOf(caller);
    await this.target.check(wishes.url);
    const now = this.clock.now();
    const secret = generateSigningSecret();
    const endpoint: WebhookEndpoint = changed(
      {
        ...{ id: this.ids.next(), owner, clientId: caller.kind === 'client' ? caller.clientId : null },
        ...{ url: wishes.url, events: [], userId: null, description: null },
        ...{ disabledReason: null, disabledAt: null, failingSince: null, createdAt: now, updatedAt: now },
        secrets: { current: secret, previous: null },
      },
      wishes,
      now,
    );
    await this.database.transaction(async (manager) => {
      if ((await this.endpoints.countAlone(manager, owner)) >= ENDPOINTS_PER_CLIENT) {
        throw new Failure('webhook_endpoint.limit', { detail: `A client may have ${ENDPOINTS_PER_CLIENT} endpoints.` });
      }
      await this.endpoints.insert(manager, endpoint);
      await this.record(manager, caller, 'created', endpoint.id);
    });
    return { endpoint, secret };
  }

  /** @throws Failure `webhook_endpoint.not_found`, `webhook_endpoint.refused_target`, `webhook_endpoint.disabled_by_operator` */
  async change(id: string, changes: EndpointChanges, caller: Caller): Promise<WebhookEndpoint> {
    await this.endpoints.get(id, ownerOf(caller));
    if (changes.url !== undefined) await this.target.check(changes.url);
    return this.database.transaction(async (manager) => {
      const found = await this.endpoints.lock(manager, id, ownerOf(caller));
      const endpoint = changed(found, changes, this.clock.now());
      await this.endpoints.update(manager, endpoint);
      await this.record(manager, caller, 'changed', id);
      return endpoint;
    });
  }

  /** The old secret signs beside the new one for a day. @throws Failure `webhook_endpoint.not_found` */
  async rotateSecret(id: string, caller: Caller): Promise<WithSecret> {
    const secret = generateSigningSecret();
    const endpoint = await this.database.transaction(async (manager) => {
      const found = await this.endpoints.lock(manager, id, ownerOf(caller));
      const now = this.clock.now();
      const previous = { secret: found.secrets.current, until: new Date(now.getTime() + ROTATION_MS) };
      const rotated = { ...found, secrets: { current: secret, previous }, updatedAt: now };
      await this.endpoints.update(manager, rotated);
      await this.record(manager, caller, 'secret_rotated', id);
      return rotated;
    });
    return { endpoint, secret };
  }

  /** With its deliveries. @throws Failure `webhook_endpoint.not_found` */
  async remove(id: string, caller: Caller): Promise<void> {
    await this.endpoints.get(id, ownerOf(caller));
    await this.database.transaction(async (manager) => {
      await this.endpoints.remove(manager, id);
      await this.record(manager, caller, 'deleted', id);
    });
  }

  private async record(manager: EntityManager, caller: Caller, what: string, id: string): Promise<void> {
    const entry = { actor: actorOf(caller), action: `webhook_endpoint.${what}`, subject: `webhook_endpoint:${id}` };
    await this.audit.record(entry, manager);
  }
}
