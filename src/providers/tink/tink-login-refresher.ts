import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { CredentialRef } from '../../credentials/credential-ref.js';
import type { CredentialSnapshot } from '../../credentials/credentials.service.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { LoginRefresher } from '../../credentials/login-refresher.js';
import { fail, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { pathSegment } from '../../platform/http/outgoing-request.js';
import { readCredentials } from './tink.bodies.js';
import { operation, readBody, TinkClient } from './tink.client.js';
import { nonsense, tinkFailure } from './tink.errors.js';
import { CREDENTIALS_SCOPES } from './tink-scopes.js';
import { TinkSnapshots } from './tink-snapshots.js';

/** `PUT` on the credential: the official way to replace a wrong password or to revive an expired session. */
@Injectable()
export class TinkLoginRefresher extends LoginRefresher {
  constructor(
    private readonly client: TinkClient,
    private readonly snapshots: TinkSnapshots,
  ) {
    super();
  }

  override async replaceLogin(
    ref: CredentialRef,
    fields: ReadonlyMap<string, SecretValue>,
    call: CallContext,
  ): Promise<Result<CredentialSnapshot, ProviderFailure>> {
    return operation(call, async (inner) => {
      const answer = await this.put(ref, fields, inner);
      if (!answer.ok) {
        return answer.failure.code === 'provider_user.not_found' ? fail(tinkFailure('credential.not_found')) : answer;
      }
      const credentials = readBody(answer.value, true, readCredentials);
      if (!credentials.ok) return credentials;
      const snapshot = await this.snapshots.one(ref.user, credentials.value, inner);
      return snapshot.ok ? snapshot : fail(nonsense(answer.value, true));
    });
  }

  /** Never repeated: each attempt may be a login at the bank, and banks count wrong ones. */
  private async put(
    ref: CredentialRef,
    fields: ReadonlyMap<string, SecretValue>,
    call: CallContext,
  ): ReturnType<TinkClient['asUser']> {
    const revealed = [...fields].map(([name, value]) => [name, value.reveal('to replace the login at Tink')] as const);
    return this.client.asUser(
      ref.user,
      {
        operation: '/api/v1/credentials/{id}',
        method: 'PUT',
        path: `/api/v1/credentials/${pathSegment(ref.credentialId.reveal('to address it at Tink'))}`,
        body: { json: { fields: Object.fromEntries(revealed) } },
        scopes: CREDENTIALS_SCOPES,
        retry: 'never',
        changes: true,
        refusals: { 400: 'credential.invalid_input', 409: 'credential.busy', 412: 'credential.busy' },
        pointer: '/fields',
      },
      call,
    );
  }
}
