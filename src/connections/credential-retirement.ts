import { Injectable, Logger } from '@nestjs/common';

import type { ProviderFailure } from '../credentials/failure.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import { FormerCredentialRepository, type FormerCredential } from './persistence/former-credential.repository.js';

const BATCH = 20;
/** Longer than a call may take. */
const HOLD_MS = 60_000;
const FIRST_PAUSE_MS = 30_000;
/** A provider that is away for long is asked four times a day, until it says that the credential is gone. */
const LONGEST_PAUSE_MS = 6 * 3_600_000;
/** From here on somebody should look. */
const MANY_ATTEMPTS = 8;

/** Deletes former credentials at their providers. Never before their connection has worked without them. */
@Injectable()
export class RetireFormerCredentials {
  private readonly log = new Logger(RetireFormerCredentials.name);

  constructor(
    private readonly formers: FormerCredentialRepository,
    private readonly connections: ConnectionRepository,
    private readonly providers: ProviderAccess,
    private readonly clock: Clock,
  ) {}

  /** Safe to repeat and to run in several processes. @returns how many were tried. */
  async run(signal?: AbortSignal): Promise<number> {
    let tried = 0;
    // One by one: a claim must hold while the provider is asked, also for the last of many slow ones.
    for (; tried < BATCH && !signal?.aborted; tried += 1) {
      const now = this.clock.now();
      const [former] = await this.formers.claimDue(now, new Date(now.getTime() + HOLD_MS), 1);
      if (!former) break;
      await this.retire(former);
    }
    return tried;
  }

  /** Those of one connection, each once. @returns the code of the first that is left, `null` = all are gone */
  async runFor(connectionId: string): Promise<string | null> {
    let left: string | null = null;
    for (let tried = 0; tried < BATCH; tried += 1) {
      const now = this.clock.now();
      const former = await this.formers.claimOf(connectionId, now, new Date(now.getTime() + HOLD_MS));
      if (!former) break;
      left = (await this.retire(former)) ?? left;
    }
    return left ?? (await this.formers.failureOf(connectionId));
  }

  /** For a connection that is purged: what its providers still have of before is theirs. */
  async forget(connectionId: string): Promise<void> {
    const count = await this.formers.removeOf(connectionId);
    if (count > 0) this.log.warn({ connectionId, count }, 'former credentials are left at their providers');
  }

  /** @returns the code of a failure, `null` = it is gone */
  private async retire(former: FormerCredential): Promise<string | null> {
    const { id, connectionId, provider, reason, attempts } = former;
    const facts = { formerCredentialId: id, connectionId, provider, reason };
    try {
      await this.delete(former);
      await this.formers.remove(id);
      this.log.log(facts, 'former credential is gone at the provider');
      return null;
    } catch (error) {
      const code = error instanceof Failure ? error.code : 'internal';
      const providerSays = error instanceof Failure ? error.details.retryAt : undefined;
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 20));
      const again = new Date(this.clock.now().getTime() + pause);
      await this.formers.postpone(id, providerSays && providerSays > again ? providerSays : again, code);
      const troubled = { ...facts, attempts: attempts + 1, code, ...(code === 'internal' && { err: error }) };
      if (attempts + 1 >= MANY_ATTEMPTS) this.log.error(troubled, 'former credential cannot be deleted');
      else this.log.warn(troubled, 'former credential is deleted later');
      return code;
    }
  }

  /** @throws Failure with the provider's code */
  private async delete({ userId, provider, credentialId }: FormerCredential): Promise<void> {
    // A connection that has it again keeps it.
    if (await this.connections.findByCredential(provider, credentialId)) return;
    const { credentials } = this.providers.provider(provider);
    const ref = { user: providerUserRef(userId), credentialId };
    const result = await credentials.delete(ref, this.providers.call());
    if (!result.ok && isGone(result.failure)) return;
    valueOf(result);
  }
}

/** A provider that keeps users has deleted it with the user. */
function isGone({ code }: ProviderFailure): boolean {
  return code === 'credential.not_found' || code === 'provider_user.not_found';
}
