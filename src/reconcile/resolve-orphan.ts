import { Injectable } from '@nestjs/common';

import { AuditLog } from '../audit/audit-log.js';
import { DeleteConnection } from '../connections/delete-connection.js';
import type { Origin } from '../connections/origin.js';
import { ConnectionRepository } from '../connections/persistence/connection.repository.js';
import { providerId } from '../credentials/provider-id.js';
import type { SecretValue } from '../credentials/secret-value.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';
import { isUnknownThere } from './check-missed.js';
import type { Orphan } from './orphan.js';
import { OrphanRepository } from './persistence/orphan.repository.js';

/** What operators do about orphans. Nothing of this happens by itself. */
@Injectable()
export class ResolveOrphan {
  constructor(
    private readonly orphans: OrphanRepository,
    private readonly connections: ConnectionRepository,
    private readonly deletion: DeleteConnection,
    private readonly providers: ProviderAccess,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Deletes the credential at the provider, or the connection whose credential is gone there.
   * @throws Failure `orphan.not_found`, `orphan.resolved`, `orphan.in_use`, `provider.unknown`, or the provider's code
   */
  async delete(id: string, origin: Origin): Promise<Orphan> {
    const orphan = await this.unresolved(id);
    await this.record('orphan.deletion_requested', orphan, origin);
    if (orphan.connectionId !== null) await this.deleteHere(orphan.connectionId, origin);
    else if (orphan.credentialId) await this.deleteUpstream(orphan, orphan.credentialId);
    await this.orphans.resolve(id, 'deleted', origin.actor, this.clock.now());
    return this.orphans.get(id);
  }

  /** It is not counted any more, and can still be deleted. @throws Failure `orphan.not_found`, `orphan.resolved` */
  async ignore(id: string, origin: Origin): Promise<Orphan> {
    const orphan = await this.unresolved(id);
    await this.record('orphan.ignored', orphan, origin);
    await this.orphans.resolve(id, 'ignored', origin.actor, this.clock.now());
    return this.orphans.get(id);
  }

  /** What was reported may be mended since: a login was given, a visit made. Only the next sweep takes it off the list. */
  private async deleteHere(connectionId: string, origin: Origin): Promise<void> {
    const connection = await this.connections.find(connectionId);
    if (connection && connection.state !== 'deleting' && !isUnknownThere(connection)) {
      throw new Failure('orphan.in_use', { detail: 'The connection has a credential again. Delete the connection.' });
    }
    await this.deletion.run(connectionId, origin);
  }

  private async deleteUpstream({ provider: name, userId }: Orphan, credentialId: SecretValue): Promise<void> {
    const provider = this.providers.provider(name);
    if (await this.connections.findByCredential(providerId(name), credentialId)) {
      throw new Failure('orphan.in_use', { detail: 'The user has connected it meanwhile. Delete the connection.' });
    }
    // A provider that counts credentials by itself needs no user to delete one.
    const ref = { user: providerUserRef(userId ?? ''), credentialId };
    const answer = await provider.credentials.delete(ref, this.providers.call());
    // With the user, everything of the user is gone.
    if (!answer.ok && answer.failure.code === 'provider_user.not_found') return;
    valueOf(answer);
  }

  private async unresolved(id: string) {
    const orphan = await this.orphans.get(id);
    if (orphan.status === 'open' || orphan.status === 'ignored') return orphan;
    throw new Failure('orphan.resolved', { detail: `It is ${orphan.status} already.` });
  }

  /** Before the act: what cannot be written down must not happen. */
  private async record(action: string, { id, provider, kind }: Orphan, { actor, requestId }: Origin): Promise<void> {
    const detail = { provider, kind };
    await this.audit.record({ actor, action, subject: `orphan:${id}`, detail, ...(requestId ? { requestId } : {}) });
  }
}
