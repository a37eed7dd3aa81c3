import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { CredentialRef } from '../../credentials/credential-ref.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import type { LinkOutcome, LinkReturn } from '../../credentials/link-flow.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Clock } from '../../platform/time/clock.js';
import { codedFailure, flinksFailure, meaningOf, nonsense } from './flinks.errors.js';
import { FlinksAuthorizer, type Authorized } from './flinks-authorizer.js';
import { credentialIdOf, credentialIdText } from './flinks-credential-id.js';
import { FlinksInstitutions } from './flinks-institutions.js';
import { DEFAULT_LANGUAGE, identityOf } from './flinks-login-identity.js';
import { FlinksSessions } from './flinks-sessions.js';
import { visitOf, visitText, type FlinksVisit } from './flinks-link-handle.js';

type Outcome = Promise<Result<LinkOutcome, ProviderFailure>>;

const AGAIN_MS = 10_000;
/** Flinks ends the processing of a session after this time: what is not there by then does not come. */
const PROCESSING_MS = 30 * 60_000;

/**
 * Whether a LoginId came out of a visit. The browser brings it, so anybody may have written it: Flinks must have it, and
 * must have been at the bank for it after the visit began. A visit takes longer than two clocks are apart.
 */
@Injectable()
export class FlinksLinkConfirmation {
  constructor(
    private readonly authorizer: FlinksAuthorizer,
    private readonly sessions: FlinksSessions,
    private readonly institutions: FlinksInstitutions,
    private readonly clock: Clock,
  ) {}

  /** @param how `strictly`: nobody says that the visit ended, so only fresh data counts, for a known login too. */
  async confirm(visit: LinkReturn, loginId: string, call: CallContext, how?: 'strictly'): Outcome {
    const authorized = await this.authorizer.cached(loginId, call);
    if (!authorized.ok) return authorized;
    const { answer, token } = authorized.value;
    if (answer.kind === 'challenge') return fail(nonsense(answer.http, false));
    if (answer.kind === 'working') return ok(this.later(visit, loginId));
    if (answer.kind === 'refused') return this.refused(visit, loginId, authorized.value);
    const { login } = answer.session;
    if (login?.id !== loginId || answer.session.requestId === null) return fail(nonsense(answer.http, false));
    const expected = visit.credential && credentialIdOf(visit.credential);
    // Whoever repairs a connection compares the LoginId with its own; for a new one it must come out of this visit.
    const compared = expected?.kind === 'login' && how === undefined;
    if (!compared && !isFresh(login.lastRefresh, visitOf(visit.handle))) return ok(this.later(visit, loginId));
    return this.connected(visit, { answer, token }, call);
  }

  /** Data may still be on its way, so the session that was just opened is followed. */
  private async connected(visit: LinkReturn, authorized: Authorized, call: CallContext): Outcome {
    const { login, bank } = authorized.answer.session;
    if (!login) return fail(flinksFailure('provider.bad_response'));
    const institutionId = await this.institutions.idOf(bank, call);
    const institution = bank.name ?? institutionId;
    const subject = { kind: 'login', loginId: login.id, institution } as const;
    const wish = { attended: true, group: 'AccountsDetail', givesLogin: false } as const;
    const observed = this.sessions.observe(authorized, { ...wish, subject, institution });
    if (!observed.ok) return observed;
    const realId = credentialIdText(subject);
    const { credentialId, changed } = idFor(visit.credential, login.id, realId);
    const loginIdentity = identityOf(login.username, visitOf(visit.handle)?.language ?? DEFAULT_LANGUAGE);
    const observation = { ...observed.value, ...(changed && { credentialId: realId }) };
    return ok({ kind: 'connected', snapshot: { credentialId, institutionId, loginIdentity, observation } });
  }

  private refused(
    visit: LinkReturn,
    loginId: string,
    { answer: { word, http }, token }: Authorized,
  ): Result<LinkOutcome, ProviderFailure> {
    const { reading } = meaningOf(word);
    if (reading === null || (word === 'UNAUTHORIZED' && token === null)) {
      return fail(codedFailure(http, word, false, this.clock.now()));
    }
    if (reading.state === 'retrying') return ok(this.later(visit, loginId));
    // INVALID_LOGIN: Flinks has no such login, whoever wrote it into the address.
    const cause = word === 'INVALID_LOGIN' ? 'unknown' : reading.cause;
    return ok({ kind: 'ended', cause, providerReason: word });
  }

  private later(visit: LinkReturn, loginId: string): LinkOutcome {
    const now = this.clock.now();
    const known = visitOf(visit.handle) ?? { begunAt: new Date(0), language: DEFAULT_LANGUAGE };
    if (now.getTime() - known.begunAt.getTime() > PROCESSING_MS) {
      return { kind: 'ended', cause: 'unknown', providerReason: 'NO_FRESH_DATA' };
    }
    const retryAt = new Date(now.getTime() + AGAIN_MS);
    return { kind: 'not_ready', retryAt, handle: visitText({ ...known, loginId }) };
  }
}

function isFresh(lastRefresh: Date | null, visit: FlinksVisit | undefined): boolean {
  if (!lastRefresh || !visit) return false;
  return lastRefresh > visit.begunAt;
}

/** The text that the core knows stays: the same LoginId, or the first one of a creation that never got one. */
function idFor(
  credential: CredentialRef | undefined,
  loginId: string,
  realId: SecretValue,
): { readonly credentialId: SecretValue; readonly changed: boolean } {
  const known = credential && credentialIdOf(credential);
  if (!credential || !known) return { credentialId: realId, changed: false };
  if (known.kind === 'login') {
    return { credentialId: known.loginId === loginId ? credential.credentialId : realId, changed: false };
  }
  return { credentialId: credential.credentialId, changed: true };
}
