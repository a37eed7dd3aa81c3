import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import { readForced, readStatus } from './flanks.bodies.js';
import { FlanksClient } from './flanks.client.js';
import { flanksFailure } from './flanks.errors.js';
import { toObservation } from './flanks.transform.js';
import { PRODUCT_GROUPS, TRANSACTION_GROUPS, type FlanksForce, type FlanksStatus } from './flanks.types.js';
import { FlanksWire } from './flanks-wire.js';

const PATH = '/v0/bank/credentials/status';

const KNOWN_GROUPS: ReadonlySet<string> = new Set([
  ...PRODUCT_GROUPS.map((name) => `product.${name}`),
  ...TRANSACTION_GROUPS.map((name) => `transaction.${name}`),
]);

/** The status of one credential, and the tokens that open the pages to repair it. */
@Injectable()
export class FlanksStatuses {
  constructor(
    private readonly client: FlanksClient,
    private readonly wire: FlanksWire,
  ) {}

  /** Failures: `credential.not_found`. */
  async read(credentialsToken: string, call: CallContext): Promise<Result<FlanksStatus, ProviderFailure>> {
    const body = { credentials_token: credentialsToken };
    const request = { method: 'POST', path: PATH, body, retry: 'safe', changes: false } as const;
    const status = await this.client.read(request, readStatus, call);
    const strange = status.ok ? status.value.failedGroups?.find((group) => !KNOWN_GROUPS.has(group)) : undefined;
    if (strange !== undefined) this.wire.reportUnknownWord('data group', strange);
    return status;
  }

  /**
   * The token for the page: the one that is there, or a forced one. Read at once before use, as it may change.
   * Failures: `credential.not_found`, `credential.not_refreshable` when a new login is needed first.
   */
  async repairToken(
    credentialsToken: string,
    force: FlanksForce,
    call: CallContext,
  ): Promise<Result<SecretValue, ProviderFailure>> {
    const status = await this.read(credentialsToken, call);
    if (!status.ok) return status;
    if (force === 'sca' && status.value.blocked) {
      return fail(flanksFailure('credential.not_refreshable', { observation: toObservation(status.value) }));
    }
    const present = tokenOf(status.value, force);
    return present === null ? this.force(credentialsToken, force, call) : ok(new Opened(present));
  }

  private async force(
    credentialsToken: string,
    force: FlanksForce,
    call: CallContext,
  ): Promise<Result<SecretValue, ProviderFailure>> {
    const forced = await this.client.read(
      {
        method: 'PUT',
        path: PATH,
        body: { credentials_token: credentialsToken, force },
        // A second token serves as well as the first.
        retry: 'safe',
        changes: true,
      },
      readForced(`${force}_token`),
      call,
    );
    if (!forced.ok) return forced;
    if (forced.value.token !== null) return ok(new Opened(forced.value.token));
    // The shape of the answer is not certain; the status is.
    const status = await this.read(credentialsToken, call);
    if (!status.ok) return status;
    const token = tokenOf(status.value, force);
    return token === null
      ? fail(flanksFailure('provider.bad_response', { mayHaveHappened: true }))
      : ok(new Opened(token));
  }
}

function tokenOf({ scaToken, resetToken }: FlanksStatus, force: FlanksForce): string | null {
  return force === 'sca' ? scaToken : resetToken;
}
