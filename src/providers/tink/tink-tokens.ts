import { Injectable } from '@nestjs/common';

import { TinkConfig } from '../../config/slices.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import type { ProviderAccessToken } from '../../credentials/provider-users.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import { withDeadline } from '../../platform/http/deadline.js';
import { parsed } from '../../platform/http/json-shape.js';
import { LoadingCache, type Loaded } from '../../platform/http/loading-cache.js';
import { bodyJson, type OutgoingAnswer } from '../../platform/http/outgoing-outcome.js';
import { awaitShared } from '../../platform/http/shared-work.js';
import { Clock } from '../../platform/time/clock.js';
import { readToken } from './tink.bodies.js';
import { givenUp, nonsense, refusal, tinkFailure, type Refusals } from './tink.errors.js';
import { TinkWire, type TinkRequest } from './tink-wire.js';

type TokenResult = Result<SecretValue, ProviderFailure>;

const LOAD_DEADLINE_MS = 10_000;
const MARGIN_SECONDS = 60;
const CLIENT_TOKENS = 50;
const USER_TOKENS = 5_000;

/**
 * Tink's two kinds of tokens, in memory only. A client token acts for this installation, a user token for one user; a
 * new user token comes from a new grant, since Tink has no refresh tokens any more.
 */
@Injectable()
export class TinkTokens {
  private readonly clientTokens: LoadingCache<TokenResult>;
  private readonly userTokens: LoadingCache<TokenResult>;

  constructor(
    private readonly config: TinkConfig,
    private readonly wire: TinkWire,
    private readonly clock: Clock,
  ) {
    this.clientTokens = new LoadingCache(CLIENT_TOKENS, clock);
    this.userTokens = new LoadingCache(USER_TOKENS, clock);
  }

  async forClient(scopes: readonly string[], call: CallContext): Promise<TokenResult> {
    const scope = scopeText(scopes);
    const load = (): Promise<Loaded<TokenResult>> =>
      this.loading((own) =>
        this.token(
          [
            ['grant_type', 'client_credentials'],
            ['scope', scope],
          ],
          { 400: 'provider.misconfigured' },
          own,
        ),
      );
    return awaitShared(call.signal, this.clientTokens.get(scope, load), givenUp);
  }

  /** Failures: `provider_user.not_found` when Tink has no such user. */
  async forUser(user: ProviderUserRef, scopes: readonly string[], call: CallContext): Promise<TokenResult> {
    const load = (): Promise<Loaded<TokenResult>> =>
      this.loading(async (own) => {
        const code = await this.grant(user, scopes, { 400: 'provider.misconfigured' }, own);
        return code.ok ? this.exchange(code.value, own) : code;
      });
    return awaitShared(call.signal, this.userTokens.get(`${user} ${scopeText(scopes)}`, load), givenUp);
  }

  /** A single-use code for a user. */
  async grant(
    user: ProviderUserRef,
    scopes: readonly string[],
    refusals: Refusals,
    call: CallContext,
  ): Promise<Result<SecretValue, ProviderFailure>> {
    const request: TinkRequest = {
      operation: '/api/v1/oauth/authorization-grant',
      method: 'POST',
      path: '/api/v1/oauth/authorization-grant',
      body: {
        form: [
          ['external_user_id', user],
          ['scope', scopeText(scopes)],
        ],
      },
      retry: 'safe',
      changes: false,
    };
    const answer = await this.authorised(() => this.forClient(['authorization:grant'], call), request, call);
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) {
      const known = { 404: 'provider_user.not_found', ...refusals } as const;
      return fail(refusal(answer.value, { refusals: known, changes: false, now: this.clock.now() }));
    }
    const code = parsed(bodyJson(answer.value), (body) => body.text('code'));
    return code === undefined ? fail(nonsense(answer.value, false)) : ok(new Opened(code));
  }

  /** Failures: `authorization.invalid_code`. A code works once, so this is never repeated. */
  async exchange(code: SecretValue, call: CallContext): Promise<Result<ProviderAccessToken, ProviderFailure>> {
    const text = code.reveal('to exchange it for a token');
    return this.token(
      [
        ['grant_type', 'authorization_code'],
        ['code', text],
      ],
      { 400: 'authorization.invalid_code' },
      call,
    );
  }

  /**
   * Sends a request with a token; after a 401 once more with a new one. That is safe for every call: what gets a 401
   * was not processed.
   */
  async authorised(
    obtain: () => Promise<TokenResult>,
    request: TinkRequest,
    call: CallContext,
  ): Promise<Result<OutgoingAnswer, ProviderFailure>> {
    const first = await obtain();
    if (!first.ok) return first;
    const answer = await this.wire.send(request, first.value, call);
    if (!answer.ok || answer.value.status !== 401) return answer;
    this.forget(first.value);
    const second = await obtain();
    return second.ok ? this.wire.send(request, second.value, call) : second;
  }

  forgetUser(user: ProviderUserRef): void {
    this.userTokens.forget((key) => key.startsWith(`${user} `));
  }

  private forget(token: SecretValue): void {
    const isIt = (_key: string, kept: TokenResult | undefined): boolean => kept?.ok === true && kept.value === token;
    this.clientTokens.forget(isIt);
    this.userTokens.forget(isIt);
  }

  /** A load belongs to all who wait for it, so it has a deadline of its own. */
  private async loading(
    fetch: (call: CallContext) => Promise<Result<ProviderAccessToken, ProviderFailure>>,
  ): Promise<Loaded<TokenResult>> {
    const startedAt = this.clock.now().getTime();
    const nobody = new AbortController().signal;
    const token = await withDeadline(nobody, LOAD_DEADLINE_MS, async (signal) => fetch({ signal }));
    if (!token.ok) return { value: token };
    const { accessToken, expiresIn } = token.value;
    return { value: ok(accessToken), keepUntil: new Date(startedAt + (expiresIn - MARGIN_SECONDS) * 1000) };
  }

  private async token(
    form: readonly (readonly [string, string])[],
    refusals: Refusals,
    call: CallContext,
  ): Promise<Result<ProviderAccessToken, ProviderFailure>> {
    const { client } = this.config;
    if (!client) return fail(tinkFailure('provider.misconfigured'));
    const request: TinkRequest = {
      operation: '/api/v1/oauth/token',
      method: 'POST',
      path: '/api/v1/oauth/token',
      body: { form: [['client_id', client.id], ['client_secret', client.secret], ...form] },
      retry: form.some(([name]) => name === 'code') ? 'never' : 'safe',
      changes: false,
    };
    const answer = await this.wire.send(request, null, call);
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) {
      return fail(refusal(answer.value, { refusals, changes: false, now: this.clock.now() }));
    }
    const token = parsed(bodyJson(answer.value), readToken);
    if (!token) return fail(nonsense(answer.value, false));
    const scope = (token.scope ?? '').split(/[ ,]+/).filter((word) => word !== '');
    return ok({ accessToken: new Opened(token.accessToken), expiresIn: token.expiresIn, scope });
  }
}

/** Tink joins scopes with commas. Sorted, so that equal sets share a token. */
function scopeText(scopes: readonly string[]): string {
  return [...scopes].sort().join(',');
}
