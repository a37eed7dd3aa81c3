import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import {
  LinkFlow,
  type BegunLink,
  type LinkOutcome,
  type LinkRequest,
  type LinkReturn,
} from '../../credentials/link-flow.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { Opened } from '../../platform/crypto/opened.js';
import { Clock } from '../../platform/time/clock.js';
import { operation } from './flanks.client.js';
import { flanksFailure } from './flanks.errors.js';
import { toSnapshot } from './flanks.transform.js';
import type { FlanksSession } from './flanks.types.js';
import { endingOf } from './flanks-endings.js';
import { FlanksInstitutions } from './flanks-institutions.js';
import { FlanksSessions } from './flanks-sessions.js';
import { FlanksStatuses } from './flanks-statuses.js';
import { FlanksWire } from './flanks-wire.js';

type Outcome<T> = Promise<Result<T, ProviderFailure>>;

const LOOK_AGAIN_MS = 10_000;
const WAITING = 'Waiting:';
const PROCESSING = 'Processing:';

/** Visits as Connect v2 sessions. The handle is the session's id; what the browser brings only has to agree with it. */
@Injectable()
export class FlanksSessionFlow extends LinkFlow {
  constructor(
    private readonly sessions: FlanksSessions,
    private readonly statuses: FlanksStatuses,
    private readonly institutions: FlanksInstitutions,
    private readonly wire: FlanksWire,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async begin(request: LinkRequest, call: CallContext): Outcome<BegunLink> {
    const { purpose, credential, institutionId, state, callbackUrl } = request;
    if (purpose !== 'connect' && !credential) return fail(flanksFailure('credential.not_found'));
    return operation(call, async (inner) => {
      const redirect = new URL(callbackUrl);
      redirect.searchParams.set('state', state.reveal('to find the visit again'));
      const connectionId = purpose === 'connect' ? undefined : credential?.credentialId.reveal('to repair it');
      const connectorId = purpose === 'connect' ? await this.connectorOf(institutionId, inner) : undefined;
      const session = await this.sessions.create(
        {
          redirectUrl: redirect.href,
          ...(connectionId !== undefined && { connectionId }),
          ...(connectorId !== undefined && { connectorId }),
        },
        inner,
      );
      if (!session.ok) return session;
      const { url, sessionId } = session.value;
      if (url === null || !URL.canParse(url)) return fail(flanksFailure('provider.bad_response'));
      return ok({ url: new Opened(url), expiresAt: null, handle: new Opened(sessionId) });
    });
  }

  override async complete(
    visit: LinkReturn,
    query: ReadonlyMap<string, string>,
    call: CallContext,
  ): Outcome<LinkOutcome> {
    return operation(call, async (inner) => {
      const brought = query.get('session_id');
      if (brought !== undefined && brought !== sessionIdOf(visit)) {
        return fail(flanksFailure('authorization.invalid_code'));
      }
      const retryAt = new Date(this.clock.now().getTime() + LOOK_AGAIN_MS);
      return this.look(visit, { kind: 'not_ready', retryAt }, true, inner);
    });
  }

  override async recover(visit: LinkReturn, call: CallContext): Outcome<LinkOutcome | null> {
    return operation(call, async (inner) => this.look<LinkOutcome | null>(visit, null, false, inner));
  }

  /** Connections name their bank by its entity, sessions want the connector. */
  private async connectorOf(institutionId: string | undefined, call: CallContext): Promise<string | undefined> {
    if (institutionId === undefined) return undefined;
    const bank = await this.institutions.find(institutionId, call);
    return bank.ok ? bank.value.id : institutionId;
  }

  /** @param unfinished while the session is under way. @param back the user has left the page. */
  private async look<T extends LinkOutcome | null>(
    visit: LinkReturn,
    unfinished: T,
    back: boolean,
    call: CallContext,
  ): Outcome<T | LinkOutcome> {
    const sessionId = sessionIdOf(visit);
    if (sessionId === undefined) return fail(flanksFailure('authorization.invalid_code'));
    const session = await this.sessions.find(sessionId, call);
    if (!session.ok) return session;
    const { status, errorCode } = session.value;
    if (status === 'Finished:OK') return this.connected(visit, session.value, call);
    if (status === 'Finished:Error') return ok(this.ended(errorCode));
    // A page that waits for a user who is back here waits in vain.
    if (back && status.startsWith(WAITING))
      return ok({ kind: 'ended', cause: 'user_cancelled', providerReason: 'WAITING' });
    if (!status.startsWith(WAITING) && !status.startsWith(PROCESSING))
      this.wire.reportUnknownWord('session status', status);
    return ok(unfinished);
  }

  private async connected(visit: LinkReturn, session: FlanksSession, call: CallContext): Outcome<LinkOutcome> {
    const connectionId = session.connectionId ?? visit.credential?.credentialId.reveal('to read what was repaired');
    if (connectionId === undefined) return fail(flanksFailure('provider.bad_response'));
    const status = await this.statuses.read(connectionId, call);
    return status.ok ? ok({ kind: 'connected', snapshot: toSnapshot(connectionId, status.value) }) : status;
  }

  private ended(errorCode: string | null): LinkOutcome {
    const { outcome, unknownWord } = endingOf(errorCode ?? '');
    if (unknownWord !== undefined) this.wire.reportUnknownWord('session error', unknownWord);
    return outcome;
  }
}

function sessionIdOf({ handle }: LinkReturn): string | undefined {
  return handle?.reveal('to find the session');
}
