import { Injectable } from '@nestjs/common';

import type { ProviderFailure } from '../credentials/failure.js';
import { fail, ok, type Result } from '../credentials/result.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { credentialRefOf } from './credential-ref.js';
import { RetireFormerCredentials } from './credential-retirement.js';
import type { UpstreamAnswer } from './deletion-receipt.js';
import type { Connection } from './domain/connection.js';

/** All that providers have of a connection goes: its credential, and those that it had before. */
@Injectable()
export class UpstreamDeletion {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly providers: ProviderAccess,
    private readonly formers: RetireFormerCredentials,
  ) {}

  /** The credential that it has now. */
  async run(connection: Connection): Promise<Result<UpstreamAnswer, ProviderFailure>> {
    if (!connection.credentialId) return ok('not_needed');
    const provider = this.registry.get(connection.provider);
    if (!provider) return fail(ABSENT);
    const result = await provider.credentials.delete(credentialRefOf(connection), this.providers.call());
    return result.ok ? ok(result.value.alreadyGone ? 'already_gone' : 'deleted') : result;
  }

  /** Those it had before, each asked for once. @returns false when one is left */
  async runFormers(connectionId: string): Promise<boolean> {
    return (await this.formers.runFor(connectionId)) === null;
  }

  /** The same; what is left is forgotten here. @returns the code of a failure, `null` = none is left */
  async purgeFormers(connectionId: string): Promise<string | null> {
    const failure = await this.formers.runFor(connectionId);
    if (failure !== null) await this.formers.forget(connectionId);
    return failure;
  }
}

/** The provider's settings were taken away. Its connections wait until they are back, or for an operator. */
const ABSENT: ProviderFailure = {
  code: 'provider.disabled',
  message: 'The provider is not configured.',
  mayHaveHappened: false,
};
