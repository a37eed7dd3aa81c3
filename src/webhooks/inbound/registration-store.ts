import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AuditLog } from '../../audit/audit-log.js';
import type { WebhookRegistration } from '../../credentials/webhook-receiver.js';
import { Failure } from '../../platform/errors/failure.js';
import { Ids } from '../../platform/ids/ids.js';
import { Clock } from '../../platform/time/clock.js';
import { RegistrationRepository } from './persistence/registration.repository.js';
import type { Registration } from './registration.js';

/** Longer than the calls to the vendor can take together. */
const CLAIM_MS = 120_000;

/** Registrations with their lines in the audit log. */
@Injectable()
export class RegistrationStore {
  constructor(
    private readonly database: DataSource,
    private readonly registrations: RegistrationRepository,
    private readonly audit: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** @returns the id of the row to fill. @throws Failure `webhook_endpoint.busy` */
  async claim(provider: string, url: string): Promise<string> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + CLAIM_MS);
    const id = await this.registrations.claim(this.ids.next(), provider, url, now, until);
    if (id === null) throw new Failure('webhook_endpoint.busy', { retryAt: until });
    return id;
  }

  async release(id: string): Promise<void> {
    await this.registrations.release(id);
  }

  async find(provider: string, id: string): Promise<Registration | null> {
    return this.registrations.find(provider, id);
  }

  /** @param id of the claimed row */
  async keep(id: string, provider: string, made: WebhookRegistration, actor: string): Promise<Registration> {
    const { vendorId, url, secret } = made;
    const registration = { id, provider, url, vendorId, secret, createdAt: this.clock.now() };
    await this.database.transaction(async (manager) => {
      await this.registrations.keep(manager, registration);
      const entry = { actor, action: 'webhook.registered', subject: subjectOf(registration) };
      await this.audit.record({ ...entry, detail: { provider, url } }, manager);
    });
    return registration;
  }

  async remove(registration: Registration, actor: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      await this.registrations.remove(manager, registration.id);
      const { provider, url } = registration;
      const entry = { actor, action: 'webhook.unregistered', subject: subjectOf(registration) };
      await this.audit.record({ ...entry, detail: { provider, url } }, manager);
    });
  }
}

function subjectOf({ id }: Registration): string {
  return `webhook_registration:${id}`;
}
