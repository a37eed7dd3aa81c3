import { Injectable } from '@nestjs/common';

import { TinkConfig } from '../../config/slices.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { ProviderUsers, type NewProviderUser, type ProviderAccessToken } from '../../credentials/provider-users.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { operation, TinkClient } from './tink.client.js';
import { tinkFailure } from './tink.errors.js';
import { TinkTokens } from './tink-tokens.js';

/** Scopes go over the wire joined by commas, so a comma inside one would smuggle in another. */
const SCOPE = /^[a-z][a-z.-]*(:[a-z-]+)?$/;
const MAX_SCOPES = 50;

/** Tink's users. Our own user id is their external id, by which every call finds them. */
@Injectable()
export class TinkUsers extends ProviderUsers {
  constructor(
    private readonly config: TinkConfig,
    private readonly client: TinkClient,
    private readonly tokens: TinkTokens,
  ) {
    super();
  }

  override async create(
    { user, market, locale }: NewProviderUser,
    call: CallContext,
  ): Promise<Result<{ readonly created: boolean }, ProviderFailure>> {
    return operation(call, async (inner) => {
      const body = { external_user_id: user, market: market ?? this.config.market, ...(locale && { locale }) };
      const answer = await this.client.asClient(
        {
          operation: '/api/v1/user/create',
          method: 'POST',
          path: '/api/v1/user/create',
          body: { json: body },
          scopes: ['user:create'],
          // A repeat finds the user there, and that is a success.
          retry: 'safe',
          changes: true,
          refusals: { 400: 'credential.invalid_input', 409: 'provider_user.duplicate' },
          pointer: locale === undefined ? '/market' : '',
        },
        inner,
      );
      if (answer.ok) return ok({ created: true });
      return answer.failure.code === 'provider_user.duplicate' ? ok({ created: false }) : answer;
    });
  }

  override async delete(
    user: ProviderUserRef,
    call: CallContext,
  ): Promise<Result<{ readonly alreadyGone: boolean }, ProviderFailure>> {
    const deleted = await operation(call, async (inner) =>
      this.client.asUser(
        user,
        {
          operation: '/api/v1/user/delete',
          method: 'POST',
          path: '/api/v1/user/delete',
          scopes: ['user:delete'],
          retry: 'safe',
          changes: true,
          refusals: { 404: 'provider_user.not_found' },
        },
        inner,
      ),
    );
    this.tokens.forgetUser(user);
    if (deleted.ok) return ok({ alreadyGone: false });
    return deleted.failure.code === 'provider_user.not_found' ? ok({ alreadyGone: true }) : deleted;
  }

  override async authorizationGrant(
    user: ProviderUserRef,
    scope: readonly string[],
    call: CallContext,
  ): Promise<Result<{ readonly code: SecretValue }, ProviderFailure>> {
    if (scope.length === 0 || scope.length > MAX_SCOPES || !scope.every((word) => SCOPE.test(word))) {
      return fail(tinkFailure('authorization.invalid_scope'));
    }
    // The client token was taken before it was repeated with a new one, so what remains to refuse is the scope.
    const refusals = { 400: 'authorization.invalid_scope', 401: 'authorization.invalid_scope' } as const;
    const code = await operation(call, async (inner) =>
      this.tokens.grant(user, scope, { ...refusals, 403: 'authorization.invalid_scope' }, inner),
    );
    return code.ok ? ok({ code: code.value }) : code;
  }

  override async accessToken(
    code: SecretValue,
    call: CallContext,
  ): Promise<Result<ProviderAccessToken, ProviderFailure>> {
    return operation(call, async (inner) => this.tokens.exchange(code, inner));
  }
}
