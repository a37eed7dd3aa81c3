import { Injectable } from '@nestjs/common';

import { FlinksConfig } from '../../config/slices.js';
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
import { GUID } from './flinks.bodies.js';
import { BANK_DEADLINE_MS, operation } from './flinks.client.js';
import { codedFailure, harmlessWord, meaningOf } from './flinks.errors.js';
import { FlinksAuthorizer, type Authorized } from './flinks-authorizer.js';
import { credentialIdOf, type FlinksCredentialId } from './flinks-credential-id.js';
import { FlinksInstitutions } from './flinks-institutions.js';
import { FlinksLinkConfirmation } from './flinks-link-confirmation.js';
import { visitOf, visitText } from './flinks-link-handle.js';
import { callbackWithState, connectUrl, type ConnectPage } from './flinks-link-url.js';
import { languageOf } from './flinks-login-identity.js';
import { FlinksTokens } from './flinks-tokens.js';

type Outcome<T> = Promise<Result<T, ProviderFailure>>;

/** Milliseconds: an authorize token that nobody uses, and a question that nobody answers. */
const TOKEN_MS = 30 * 60_000;
const DIALOGUE_MS = 8 * 60_000;

/** Flinks Connect, as a page that the browser goes to. */
@Injectable()
export class FlinksLinkFlow extends LinkFlow {
  constructor(
    private readonly config: FlinksConfig,
    private readonly tokens: FlinksTokens,
    private readonly authorizer: FlinksAuthorizer,
    private readonly institutions: FlinksInstitutions,
    private readonly confirmation: FlinksLinkConfirmation,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async begin(request: LinkRequest, call: CallContext): Outcome<BegunLink> {
    const id = request.credential && credentialIdOf(request.credential);
    return operation(
      call,
      async (inner) => {
        // Without a LoginId there is no dialogue to go on with: the user gives the login again.
        if (request.purpose === 'renew' && id?.kind === 'login') return this.renew(request, id.loginId, inner);
        return this.loginPage(request, id, inner);
      },
      BANK_DEADLINE_MS,
    );
  }

  override async complete(
    visit: LinkReturn,
    query: ReadonlyMap<string, string>,
    call: CallContext,
  ): Outcome<LinkOutcome> {
    const loginId = query.get('loginId')?.toLowerCase();
    if (loginId === undefined || !GUID.test(loginId)) return ok(endOf(query));
    return operation(call, async (inner) => this.confirmation.confirm(visit, loginId, inner));
  }

  /** Only a visit whose LoginId is known can be looked for: Flinks lists nothing. */
  override async recover(visit: LinkReturn, call: CallContext): Outcome<LinkOutcome | null> {
    const id = visit.credential && credentialIdOf(visit.credential);
    const brought = visitOf(visit.handle)?.loginId ?? null;
    const loginId = brought ?? (id?.kind === 'login' ? id.loginId : null);
    if (loginId === null) return ok(null);
    const outcome = await operation(call, async (inner) =>
      this.confirmation.confirm(visit, loginId, inner, 'strictly'),
    );
    const nothingYet = outcome.ok && outcome.value.kind !== 'connected' && brought === null;
    return nothingYet ? ok(null) : outcome;
  }

  private async loginPage(
    request: LinkRequest,
    id: FlinksCredentialId | undefined,
    call: CallContext,
  ): Outcome<BegunLink> {
    const token = await this.tokens.fresh(call);
    if (!token.ok) return token;
    const wanted = request.institutionId ?? id?.institution;
    const number = wanted === undefined ? undefined : await this.institutions.numberOf(wanted, call);
    // A bank that cannot be found is chosen on the page; the rest is trouble.
    if (number?.ok === false && number.failure.code !== 'institution.unknown') return number;
    const institutionNumber = number?.ok ? { institutionNumber: number.value } : {};
    return this.page(
      request,
      { authorizeToken: token.value, ...institutionNumber },
      token.value === null ? null : TOKEN_MS,
    );
  }

  /** Reconnect: the dialogue of a live login is answered on the page. */
  private async renew(request: LinkRequest, loginId: string, call: CallContext): Outcome<BegunLink> {
    const authorized = await this.authorizer.live(loginId, call);
    if (!authorized.ok) return authorized;
    const { answer, token } = authorized.value;
    const { requestId, login } = answer.session;
    if ((answer.kind === 'challenge' || answer.kind === 'working') && requestId !== null) {
      return this.page(request, { authorizeToken: token, requestId }, DIALOGUE_MS);
    }
    if (answer.kind === 'done') return this.straightBack(request, login?.id ?? loginId);
    return this.afterRefusal(request, authorized.value, call);
  }

  /** The bank asked for nothing, so there is nothing to show: the browser comes back at once. */
  private straightBack(request: LinkRequest, loginId: string): Result<BegunLink, ProviderFailure> {
    const url = new Opened(callbackWithState(request, { loginId }));
    return ok({ url, expiresAt: null, handle: this.handle(request) });
  }

  /** What the user can mend is mended on the login page; trouble and misuse are not. */
  private async afterRefusal(
    request: LinkRequest,
    { answer, token }: Authorized,
    call: CallContext,
  ): Outcome<BegunLink> {
    const { reading } = meaningOf(answer.word);
    const users = reading?.state === 'blocked' || reading?.state === 'reauth_required';
    if (!users || (answer.word === 'UNAUTHORIZED' && token === null)) {
      return fail(codedFailure(answer.http, answer.word, false, this.clock.now()));
    }
    return this.loginPage(request, request.credential && credentialIdOf(request.credential), call);
  }

  private page(
    request: LinkRequest,
    page: Omit<ConnectPage, 'language'>,
    limitMs: number | null,
  ): Result<BegunLink, ProviderFailure> {
    const language = languageOf(request.locale);
    const expiresAt = limitMs === null ? null : new Date(this.clock.now().getTime() + limitMs);
    const url = new Opened(connectUrl(this.config.connectUrl, { ...page, language }, request));
    return ok({ url, expiresAt, handle: this.handle(request) });
  }

  private handle(request: LinkRequest): Opened {
    return visitText({ begunAt: this.clock.now(), language: languageOf(request.locale), loginId: null });
  }
}

/** A browser that came back without a LoginId. */
function endOf(query: ReadonlyMap<string, string>): LinkOutcome {
  const error = query.get('error');
  if (error === undefined) return { kind: 'ended', cause: 'unknown', providerReason: 'NO_LOGIN_ID' };
  const word = error.toUpperCase();
  const cause = CANCELLED.has(word) ? 'user_cancelled' : (meaningOf(word).reading?.cause ?? 'unknown');
  return { kind: 'ended', cause, providerReason: harmlessWord(word) };
}

const CANCELLED: ReadonlySet<string> = new Set([
  'ACCESS_DENIED',
  'COMPONENT_DENY_CONSENT',
  'COMPONENT_DENY_TERMS',
  'COMPONENT_CLOSE_SESSION',
]);
