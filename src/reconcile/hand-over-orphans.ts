import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { FormerCredentialRepository } from '../connections/persistence/former-credential.repository.js';
import { providerId } from '../credentials/provider-id.js';
import { Clock } from '../platform/time/clock.js';
import { UserTraces } from '../users/user-traces.js';
import { OrphanRepository } from './persistence/orphan.repository.js';

/**
 * What providers have of a deleted user without a connection is deleted there too, also what an operator ignored. The
 * retirement of former credentials does it, and leaves alone what a connection has meanwhile.
 */
@Injectable()
export class HandOverOrphans implements OnModuleInit {
  constructor(
    private readonly traces: UserTraces,
    private readonly orphans: OrphanRepository,
    private readonly formers: FormerCredentialRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.traces.whenLeaving(async (manager, userId) => {
      await this.run(manager, userId);
    });
    // What was found since then.
    this.traces.add('orphans', async (manager, userId) => this.run(manager, userId));
  }

  private async run(manager: EntityManager, userId: string): Promise<number> {
    const now = this.clock.now();
    const found = await this.orphans.lockUpstreamOf(manager, userId);
    for (const { provider, credentialId } of found) {
      const known = { connectionId: null, userId, provider: providerId(provider), credentialId };
      await this.formers.add(manager, { ...known, reason: 'refused', createdAt: now, dueAt: now });
    }
    if (found.length > 0) await this.orphans.closeUpstreamOf(manager, userId, now);
    return found.length;
  }
}
