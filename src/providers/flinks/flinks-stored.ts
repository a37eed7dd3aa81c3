import { Injectable } from '@nestjs/common';

import type { DataNotReady } from '../../credentials/account-data.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { CredentialRef } from '../../credentials/credential-ref.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Clock } from '../../platform/time/clock.js';
import { flinksFailure } from './flinks.errors.js';
import { credentialIdOf, type FlinksCredentialId, type ProvisionalId } from './flinks-credential-id.js';
import { cursorText, isOver, nextPoll, readingOf, type FlinksReading } from './flinks-data-cursor.js';
import { observeProvisional } from './flinks-readings.js';
import { FlinksSessions } from './flinks-sessions.js';

export type Outcome<T> = Promise<Result<T, ProviderFailure>>;
type Step<T> = (reading: FlinksReading) => Outcome<T | 'session_over'>;

/** Sessions on stored data: one authorisation for each reading, however many polls that takes. */
@Injectable()
export class FlinksStored {
  constructor(
    private readonly sessions: FlinksSessions,
    private readonly clock: Clock,
  ) {}

  /**
   * Goes on where the cursor says, or begins. Reading is no attempt at the bank, so a session that is over is replaced
   * by a new one. Failures: `credential.invalid_input` for a cursor that is none of this card's.
   */
  async read<T>(ref: CredentialRef, cursor: SecretValue | null, call: CallContext, step: Step<T>): Outcome<T> {
    const id = credentialIdOf(ref);
    if (!id) return fail(flinksFailure('credential.not_found'));
    if (id.kind !== 'login') return fail(this.withoutData(id));
    const open = cursor === null ? null : readingOf(cursor, id.loginId);
    if (open === undefined) return fail(flinksFailure('credential.invalid_input'));
    if (open !== null && !isOver(open, this.clock.now())) {
      const went = await step(open);
      if (!went.ok) return went;
      if (went.value !== 'session_over') return ok(went.value);
    }
    return this.begin(id, call, step);
  }

  private async begin<T>(
    id: Extract<FlinksCredentialId, { kind: 'login' }>,
    call: CallContext,
    step: Step<T>,
  ): Outcome<T> {
    const opened = await this.sessions.openStored(id, call);
    if (!opened.ok) return opened;
    const { loginId } = id;
    const beganAt = this.clock.now().getTime();
    const fresh = await step({ loginId, requestId: opened.value, beganAt, step: 'start', bare: false });
    if (!fresh.ok) return fresh;
    return fresh.value === 'session_over' ? fail(flinksFailure('provider.unavailable')) : ok(fresh.value);
  }

  /** Failures: `provider.timeout` when the next poll would come after Flinks has given up. */
  notReady(reading: FlinksReading): Result<DataNotReady, ProviderFailure> {
    const retryAt = nextPoll(this.clock.now());
    if (isOver(reading, retryAt)) return fail(flinksFailure('provider.timeout'));
    return ok({ kind: 'not_ready', retryAt, cursor: cursorText(reading) });
  }

  /** Before a login has succeeded Flinks stores nothing. */
  private withoutData(id: ProvisionalId): ProviderFailure {
    if (id.kind === 'request') return flinksFailure('credential.busy', { retryAt: nextPoll(this.clock.now()) });
    return flinksFailure('credential.not_refreshable', { observation: observeProvisional(id) });
  }
}
