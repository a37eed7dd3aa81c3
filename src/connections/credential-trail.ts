import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { ProviderId } from '../credentials/provider-id.js';
import type { SecretValue } from '../credentials/secret-value.js';
import { Clock } from '../platform/time/clock.js';
import { ConnectionChanges, type ConnectionChange, type StrandedCredential } from './connection-changes.js';
import { isSameCredential } from './credential-successor.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { FormerCredentialRepository } from './persistence/former-credential.repository.js';

/** A connection in one of these needs no credential but its own: it works with it, or it is going. */
const DONE_WITH_FORMERS: readonly string[] = ['active', 'deleting', 'deleted'];

/** Another visit may be about to bring the same one: where a login has one credential, it is that visit's too. */
const DISCARD_AFTER_MS = 5 * 60_000;

/** No credential gets lost: whatever a connection stops using is written down in the same transaction. */
@Injectable()
export class CredentialTrail implements OnModuleInit {
  constructor(
    private readonly changes: ConnectionChanges,
    private readonly formers: FormerCredentialRepository,
    private readonly connections: ConnectionRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.changes.follow(async (manager, change) => this.follow(manager, change));
    this.changes.followStranded(async (manager, stranded) => this.take(manager, stranded));
  }

  /** A visit or a call brought it and nobody takes it. One that a connection has stays. */
  async discard(userId: string, provider: ProviderId, credentialId: SecretValue): Promise<void> {
    if (await this.connections.findByCredential(provider, credentialId)) return;
    const now = this.clock.now();
    const former = { connectionId: null, userId, provider, credentialId, reason: 'refused' as const };
    await this.formers.addAlone({ ...former, createdAt: now, dueAt: new Date(now.getTime() + DISCARD_AFTER_MS) });
  }

  private async take(manager: EntityManager, stranded: StrandedCredential): Promise<void> {
    const now = this.clock.now();
    await this.formers.add(manager, { ...stranded, reason: 'refused', createdAt: now, dueAt: now });
  }

  private async follow(manager: EntityManager, { before, after }: ConnectionChange): Promise<void> {
    const now = this.clock.now();
    const isOther = !isSameCredential(before?.credentialId ?? null, after.credentialId);
    if (isOther && after.credentialId) {
      await this.formers.takeBack(manager, after.provider, after.credentialId, now);
      if (before?.credentialId) {
        const { id: connectionId, userId, provider, credentialId } = before;
        const reason = provider === after.provider ? 'replaced' : 'moved';
        await this.formers.add(manager, {
          ...{ connectionId, userId, provider, credentialId, reason, createdAt: now, dueAt: null },
        });
      }
    }
    const mayRelease = isOther || before?.state !== after.state;
    if (before && mayRelease && DONE_WITH_FORMERS.includes(after.state)) {
      await this.formers.release(manager, after.id, now);
    }
  }
}
