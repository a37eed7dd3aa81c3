import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { ok, type Result } from '../../credentials/result.js';
import { pathSegment } from '../../platform/http/outgoing-request.js';
import { BANK_DEADLINE_MS, FlinksClient, type FlinksAnswer } from './flinks.client.js';
import type { SecurityResponses } from './flinks-answers.js';
import type { FlinksLanguage } from './flinks-login-identity.js';
import type { FlinksSession } from './flinks-session.js';
import { FlinksTokens } from './flinks-tokens.js';

type Path = '/Authorize' | '/AuthorizeAsync';

export interface FlinksLoginInput {
  readonly institution: string;
  readonly username: string;
  readonly password: string;
  readonly language: FlinksLanguage;
  readonly tag?: string;
}

/** An answer and the token that it bound to its RequestId. */
export interface Authorized {
  readonly answer: FlinksAnswer;
  readonly token: string | null;
}

/** The modes of `/Authorize`, and its Async twin. None is repeated by itself: each may be a login at the bank. */
@Injectable()
export class FlinksAuthorizer {
  constructor(
    private readonly client: FlinksClient,
    private readonly tokens: FlinksTokens,
  ) {}

  /** Opens a session on stored data; no bank is contacted. */
  async cached(loginId: string, call: CallContext): Promise<Result<Authorized, ProviderFailure>> {
    return this.begin('/Authorize', { LoginId: loginId, MostRecentCached: true }, { changes: false }, call);
  }

  /** A login at the bank with what Flinks has stored. */
  async live(loginId: string, call: CallContext): Promise<Result<Authorized, ProviderFailure>> {
    return this.atTheBank({ LoginId: loginId, MostRecentCached: false, Save: true }, call);
  }

  /** A login at the bank with this input; Flinks keeps it when the bank takes it. */
  async withLogin(login: FlinksLoginInput, call: CallContext): Promise<Result<Authorized, ProviderFailure>> {
    const { institution, username, password, language, tag } = login;
    const json = {
      ...{ Institution: institution, Username: username, Password: password, Language: language },
      ...{ MostRecentCached: false, Save: true },
      ...(tag !== undefined && { Tag: tag }),
    };
    return this.atTheBank(json, call);
  }

  /** The same RequestId and the same token as the question. */
  async answer(
    { requestId, token, async }: FlinksSession,
    responses: SecurityResponses,
    call: CallContext,
  ): Promise<Result<FlinksAnswer, ProviderFailure>> {
    const path = async ? '/AuthorizeAsync' : '/Authorize';
    return this.send(path, { RequestId: requestId, SecurityResponses: responses }, token, { changes: true }, call);
  }

  /** How a login that Flinks works on in the background is going. */
  async poll({ requestId, token }: FlinksSession, call: CallContext): Promise<Result<FlinksAnswer, ProviderFailure>> {
    return this.send('/AuthorizeAsync', { RequestId: requestId }, token, { changes: false }, call);
  }

  /**
   * Begins a login that is followed by `poll`, for instances where Flinks has switched AuthorizeAsync on. Nothing here
   * needs it by itself: a synchronous login that takes too long goes on in the background by Flinks' own choice.
   */
  async startAsync(loginId: string, call: CallContext): Promise<Result<Authorized, ProviderFailure>> {
    return this.atTheBank({ LoginId: loginId, MostRecentCached: false, Save: true }, call, '/AuthorizeAsync');
  }

  /**
   * Whether Flinks has a LoginId. INVALID_LOGIN means "unknown" and "wrong password" both; this second question tells
   * them apart. `undefined` = it cannot be told.
   */
  async knows(loginId: string, call: CallContext): Promise<Result<boolean | undefined, ProviderFailure>> {
    const answer = await this.client.ask(
      {
        operation: '/GetMFAQuestions/{loginId}',
        method: 'GET',
        path: `/GetMFAQuestions/${pathSegment(loginId)}`,
        auth: { kind: 'api_key' },
        retry: 'safe',
        changes: false,
      },
      call,
    );
    if (!answer.ok) return answer.failure.code === 'provider.aborted' ? answer : ok(undefined);
    if (answer.value.kind === 'done') return ok(true);
    const unknown = answer.value.word === 'INVALID_LOGIN' || answer.value.word === 'INVALID_REQUEST';
    return ok(unknown ? false : undefined);
  }

  private async atTheBank(
    json: unknown,
    call: CallContext,
    path: Path = '/Authorize',
  ): Promise<Result<Authorized, ProviderFailure>> {
    return this.begin(path, json, { changes: true }, call);
  }

  private async begin(
    path: Path,
    json: unknown,
    { changes }: { readonly changes: boolean },
    call: CallContext,
  ): Promise<Result<Authorized, ProviderFailure>> {
    const token = await this.tokens.fresh(call);
    if (!token.ok) return token;
    const answer = await this.send(path, json, token.value, { changes }, call);
    return answer.ok ? ok({ answer: answer.value, token: token.value }) : answer;
  }

  private async send(
    path: Path,
    json: unknown,
    token: string | null,
    { changes }: { readonly changes: boolean },
    call: CallContext,
  ): Promise<Result<FlinksAnswer, ProviderFailure>> {
    const auth = { kind: 'authorize_token', token } as const;
    const request = { operation: path, method: 'POST', path, json, auth, retry: 'never', changes } as const;
    return this.client.ask({ ...request, ...(changes && { deadlineMs: BANK_DEADLINE_MS }) }, call);
  }
}
