import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import type { LinkOutcome, LinkReturn } from '../../credentials/link-flow.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { flanksFailure } from './flanks.errors.js';
import { repaired, toSnapshot } from './flanks.transform.js';
import { FlanksStatuses } from './flanks-statuses.js';

type Outcome<T> = Promise<Result<T, ProviderFailure>>;

/** Visits for strong authentication or a new login leave no code: the credential itself tells how they went. */
@Injectable()
export class FlanksRepairs {
  constructor(private readonly statuses: FlanksStatuses) {}

  /** For a user who is back. */
  async outcome(visit: LinkReturn, call: CallContext): Outcome<LinkOutcome> {
    const done = await this.read(visit, call);
    if (!done.ok || done.value.repaired) return done.ok ? ok(done.value.outcome) : done;
    const { cause, providerStatus } = done.value.outcome.snapshot.observation;
    return ok({ kind: 'ended', cause: cause === 'none' ? 'unknown' : cause, providerReason: providerStatus });
  }

  /** `null` while nothing is repaired. */
  async outcomeIfDone(visit: LinkReturn, call: CallContext): Outcome<LinkOutcome | null> {
    const done = await this.read(visit, call);
    if (!done.ok) return done;
    return ok(done.value.repaired ? done.value.outcome : null);
  }

  private async read(
    { purpose, credential }: LinkReturn,
    call: CallContext,
  ): Outcome<{ readonly repaired: boolean; readonly outcome: Extract<LinkOutcome, { kind: 'connected' }> }> {
    if (!credential || purpose === 'connect') return fail(flanksFailure('credential.not_found'));
    const credentialsToken = credential.credentialId.reveal('to read whether it is repaired');
    const status = await this.statuses.read(credentialsToken, call);
    if (!status.ok) return status;
    const snapshot = toSnapshot(credentialsToken, status.value);
    return ok({ repaired: repaired(status.value, purpose), outcome: { kind: 'connected', snapshot } });
  }
}
