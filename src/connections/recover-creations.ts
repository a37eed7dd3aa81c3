import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '../platform/time/clock.js';
import { AdoptCredential } from './adopt-credential.js';
import type { Origin } from './origin.js';
import { ConnectionCreationRepository, type Creation } from './persistence/connection-creation.repository.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';

const BATCH = 20;
const HOLD_MS = 60_000;
/** A provider that cannot be asked for so long will not be asked again. */
const GIVE_UP_MS = 24 * 3_600_000;

/** Finishes what a dead process began: its credential at the provider becomes a connection, or the intent goes. */
@Injectable()
export class RecoverCreations {
  private readonly log = new Logger(RecoverCreations.name);

  constructor(
    private readonly creations: ConnectionCreationRepository,
    private readonly adopt: AdoptCredential,
    private readonly providers: ProviderAccess,
    private readonly clock: Clock,
  ) {}

  /** @returns how many were looked at. */
  async run(): Promise<number> {
    const overdue = await this.creations.claimOverdue(this.clock.now(), BATCH, HOLD_MS);
    for (const creation of overdue) await this.recover(creation);
    return overdue.length;
  }

  private async recover(creation: Creation): Promise<void> {
    const facts = { connectionId: creation.id, provider: creation.provider };
    try {
      const provider = this.providers.provider(creation.provider);
      if (!provider.credentials.capabilities.list) {
        // It cannot be looked for; connecting the same login again gives the same credential.
        await this.creations.drop(creation.id);
        this.log.warn(facts, 'lost creation at a provider that lists nothing');
        return;
      }
      const found = await this.adopt.find(provider, creation);
      if (found.kind === 'orphan') {
        await this.adopt.run(creation, found.snapshot, originOf(creation));
        this.log.log(facts, 'lost creation found at the provider and connected');
      } else {
        await this.creations.drop(creation.id);
        this.log.log(facts, 'lost creation left nothing at the provider');
      }
    } catch (error) {
      this.log.warn({ ...facts, err: error }, 'lost creation cannot be checked yet');
      if (this.clock.now().getTime() - creation.createdAt.getTime() > GIVE_UP_MS)
        await this.creations.drop(creation.id);
    }
  }
}

function originOf(creation: Creation): Origin {
  return { trigger: 'system', actor: creation.actor, requestId: creation.requestId };
}
