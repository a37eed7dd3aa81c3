import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { CredentialRef } from '../../credentials/credential-ref.js';
import type { CredentialSnapshot } from '../../credentials/credentials.service.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { LoginRefresher } from '../../credentials/login-refresher.js';
import { fail, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { BANK_DEADLINE_MS, operation } from './flinks.client.js';
import { flinksFailure } from './flinks.errors.js';
import { credentialIdOf } from './flinks-credential-id.js';
import { FlinksLogins } from './flinks-logins.js';

/** A live login with the new password. Flinks finds the card by institution, username and language. */
@Injectable()
export class FlinksLoginRefresher extends LoginRefresher {
  constructor(private readonly logins: FlinksLogins) {
    super();
  }

  override async replaceLogin(
    ref: CredentialRef,
    fields: ReadonlyMap<string, SecretValue>,
    call: CallContext,
  ): Promise<Result<CredentialSnapshot, ProviderFailure>> {
    const id = credentialIdOf(ref);
    if (!id) return fail(flinksFailure('credential.not_found'));
    return operation(call, async (inner) => this.logins.replace(ref, id, fields, inner), BANK_DEADLINE_MS);
  }
}
